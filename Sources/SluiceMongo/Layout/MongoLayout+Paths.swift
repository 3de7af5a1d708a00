import SluiceProtocol

// Where the fields of records stand in stored documents. Names are data: none acts as an operator, wherever it stands in a path.
extension MongoLayout {
    /// The path in the collection to a field of records.
    func storedName(_ path: FieldPath) -> String {
        if path == .id { return idName }
        guard path.text.utf8.contains(UInt8(ascii: "$")) else { return path.text }
        return Self.storedComponents(path).joined(separator: ".")
    }

    /// The paths in the collection to the maps that lead to a field, outermost first.
    func storedPrefixes(_ path: FieldPath) -> [String] {
        if path.isTopLevel { return [] }
        let components = Self.storedComponents(path)
        return (1..<components.count).map { components[..<$0].joined(separator: ".") }
    }

    private static func storedComponents(_ path: FieldPath) -> [Substring] {
        path.components.map { StoredKey.isReserved($0.utf8) ? "$" + $0 : $0 }
    }

    /// Whether a path leads to nothing in any record: `id` is no map, and a top-level name that began with `$` would be an operator here.
    func isNowhere(_ path: FieldPath) -> Bool { path.text.utf8.first == UInt8(ascii: "$") || path.text.utf8.starts(with: "id.".utf8) }
}
