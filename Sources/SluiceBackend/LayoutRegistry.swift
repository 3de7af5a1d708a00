import Synchronization

/// How repositories' records stand in an engine, by the collection's or table's name. Shared by all connections of one backend: definitions
/// add, each batch looks up once.
public final class LayoutRegistry<Layout: Sendable>: Sendable {
    /// By the name's bytes: Swift's strings are also equal when they only look alike.
    private let layouts = Mutex<[[UInt8]: Layout]>([:])

    /// One without any layout.
    public init() {}

    /// The layout of a collection that was defined or used in this run.
    public subscript(name: String) -> Layout? { layouts.withLock { $0[Array(name.utf8)] } }

    /// Takes a layout in the place of the one before it.
    public func add(_ layout: Layout, named name: String) { layouts.withLock { $0[Array(name.utf8)] = layout } }
}
