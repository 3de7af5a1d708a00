import Synchronization

/// The tables' layouts by collection name. Shared by all connections of one backend: the one that writes adds, each looks up once a batch.
final class LayoutRegistry: Sendable {
    /// By the name's bytes: Swift's strings are also equal when they only look alike.
    private let layouts = Mutex<[[UInt8]: TableLayout]>([:])

    /// The layout of a collection that was defined or used in this run.
    subscript(name: String) -> TableLayout? { layouts.withLock { $0[Array(name.utf8)] } }

    /// Takes a layout in the place of the one before it.
    func add(_ layout: TableLayout) { layouts.withLock { $0[Array(layout.definition.name.utf8)] = layout } }
}
