import SluiceClient

/// Field names as a person types them, separated by commas.
enum TypedFields {
    /// `name,address.city`
    /// - Throws: for what is no path.
    static func paths(_ text: String) throws(TypingFault) -> [FieldPath] {
        var paths: [FieldPath] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) { paths.append(try path(name)) }
        return paths
    }

    /// `name,-age`: a minus means descending.
    /// - Throws: for what is no path, a field named twice, and too many of them.
    static func order(_ text: String) throws(TypingFault) -> [SortField] {
        var fields: [SortField] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isDescending = name.hasPrefix("-")
            let field = SortField(try path(isDescending ? name.dropFirst() : name), isDescending: isDescending)
            guard !fields.contains(where: { $0.field == field.field }) else {
                throw TypingFault("'\(field.field)' stands twice in the order")
            }
            fields.append(field)
        }
        guard fields.count <= Limits.maxOrderFields else { throw TypingFault("an order has at most \(Limits.maxOrderFields) fields") }
        return fields
    }

    private static func path(_ name: Substring) throws(TypingFault) -> FieldPath {
        do { return try FieldPath(String(name)) } catch { throw TypingFault(error.message) }
    }
}
