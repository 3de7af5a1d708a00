import Synchronization

/// What is known of the collections, by their names. Shared by all connections of one backend: definitions add, each batch looks up once.
final class LayoutRegistry: Sendable {
    /// By the name's bytes: Swift's strings are also equal when they only look alike.
    private let layouts = Mutex<[[UInt8]: MongoLayout]>([:])

    /// The layout of a collection that was defined in this run.
    subscript(name: String) -> MongoLayout? { layouts.withLock { $0[Array(name.utf8)] } }

    /// Takes a layout in the place of the one before it.
    func add(_ layout: MongoLayout) { layouts.withLock { $0[Array(layout.definition.name.utf8)] = layout } }
}
