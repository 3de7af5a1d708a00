import SluiceBackend
import SluiceProtocol

/// One connection of the pool to the database file. Owned by the thread that opened it; what it does stands in the extensions beside this
/// file.
final class SQLiteConnection: BackendConnection {
    let database: SQLiteDatabase
    let limits: Limits
    var ids = RecordIdSource()
    /// A batch that has taken so long ends with the next search: what has been done is answered and the rest comes again, so that no answer
    /// waits for more scans, and other connections take their part of them.
    static let batchMilliseconds = 10
    private let layouts: LayoutRegistry<TableLayout>
    private let clock: @Sendable () -> Timestamp

    /// A connection over an open database.
    init(_ database: SQLiteDatabase, layouts: LayoutRegistry<TableLayout>, limits: Limits, clock: @escaping @Sendable () -> Timestamp) {
        self.database = database
        self.layouts = layouts
        self.limits = limits
        self.clock = clock
    }

    /// The time now, on the wall.
    var now: Timestamp { clock() }

    func define(_ definition: RepositoryDefinition, deadline: MonotonicTime) throws(SluiceError) -> DefinedRepository {
        // Creation goes on past its deadline: whoever asks again finds it done.
        let (layout, notices) = try defineTable(definition)
        layouts.add(layout, named: layout.definition.name)
        return DefinedRepository(definition: layout.definition, capabilities: Capabilities(), notices: notices)
    }

    func execute(_ operations: [PendingOperation], on repository: DefinedRepository) -> [Result<OperationResult, SluiceError>] {
        do throws(SluiceError) {
            let layout = try layout(of: repository)
            return operations[0].operation.isWrite ? write(operations, layout) : read(operations, layout)
        } catch {
            return operations.map { _ in .failure(error) }
        }
    }

    func deleteExpired(_ repository: DefinedRepository) throws(SluiceError) -> Int { try deleteExpired(try layout(of: repository)) }

    /// The table as it is now, which may have got more indexes through another repository on it.
    private func layout(of repository: DefinedRepository) throws(SluiceError) -> TableLayout {
        if let layout = layouts[repository.definition.name] { return layout }
        guard let stored = try storedDefinition(of: repository.definition.name) else {
            throw .invalidInput("the database file does not know this repository; define it", reason: "undefinedRepository")
        }
        let layout = TableLayout(stored, limits: limits)
        layouts.add(layout, named: layout.definition.name)
        return layout
    }
}

extension OperationResult {
    /// How much of a batch's bound a result takes, bytes.
    var byteCount: Int {
        switch self {
        case .record(let record): record.bytes.count
        case .page(let page): page.bytes.count
        case .done, .count, .explanation: 0
        case .outcomes(let outcomes): outcomes.reduce(0) { $0 + ((try? $1.get().bytes.count) ?? 0) }
        }
    }
}
