import SluiceBackend
import SluiceProtocol

/// The embedded engine: one SQLite file, one connection that writes and several that read. Shared by all threads; each connection belongs
/// to one.
public final class SQLiteBackend: Backend {
    /// `sqlite`.
    public let engine = "sqlite"
    /// All of them.
    public let capabilities = Capabilities()
    /// One that writes, since SQLite has one writer at a time, and those that read.
    public let connectionRoles: [ConnectionRole]
    private let file: SQLiteFile
    private let limits: Limits
    private let layouts = LayoutRegistry<TableLayout>()
    private let clock: @Sendable () -> Timestamp

    /// An engine on the file `sluice.db` in a directory, which `prepare` makes when it is not there.
    /// - Parameter readers: connections that read; at least 1.
    public convenience init(directory: String, limits: Limits = Limits(), readers: Int = 3) {
        self.init(directory: directory, limits: limits, readers: readers, clock: { Timestamp.now })
    }

    /// With a clock that tests set.
    init(directory: String, limits: Limits, readers: Int, clock: @escaping @Sendable () -> Timestamp) {
        precondition(readers >= 1, "an engine needs a connection that reads")
        file = SQLiteFile(directory: directory)
        self.limits = limits
        self.clock = clock
        connectionRoles = [.writes] + Array(repeating: .reads, count: readers)
    }

    /// Makes the directory and the file, or checks that the file is Sluice's and can be written.
    public func prepare() throws(SluiceError) { try file.prepare() }

    /// Opens the file.
    public func openConnection(_ role: ConnectionRole) throws(SluiceError) -> any BackendConnection {
        SQLiteConnection(try file.open(isReadOnly: role == .reads), layouts: layouts, limits: limits, clock: clock)
    }
}
