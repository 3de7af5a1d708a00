/// A dotted path through maps, as conditions, orders and indexes name fields.
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    /// The whole path, as written.
    public let text: String

    /// The path `id`, which every repository has.
    public static let id = FieldPath(unchecked: "id")

    private init(unchecked text: String) { self.text = text }

    /// - Throws: `invalidInput` for an empty path or component, `_id`, a path longer than `Limits.maxPathBytes`, or U+0000.
    public init(_ text: String) throws(SluiceError) {
        let utf8 = text.utf8
        guard !utf8.isEmpty, utf8.count <= Limits.maxPathBytes else {
            throw .invalidInput("a field path has 1 to \(Limits.maxPathBytes) bytes, not \(utf8.count)")
        }
        var previous: UInt8 = 0x2e
        for byte in utf8 {
            if byte == 0 { throw .invalidInput("a field path holds U+0000") }
            if byte == 0x2e, previous == 0x2e { throw .invalidInput("the field path '\(text)' has an empty component") }
            previous = byte
        }
        if previous == 0x2e { throw .invalidInput("the field path '\(text)' has an empty component") }
        if text == "_id" || text.hasPrefix("_id.") { throw .invalidInput("'_id' is not a field; use 'id'") }
        self.text = text
    }

    /// The names from the outermost map inwards.
    public var components: [Substring] { text.split(separator: ".", omittingEmptySubsequences: false) }

    /// Whether it names a field of the record itself rather than of a map in it.
    public var isTopLevel: Bool { !text.utf8.contains(0x2e) }

    /// The same UTF-8 bytes (`ExactText`).
    public static func == (left: FieldPath, right: FieldPath) -> Bool { ExactText(left.text) == ExactText(right.text) }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) { ExactText(text).hash(into: &hasher) }

    /// The path as written.
    public var description: String { text }
}
