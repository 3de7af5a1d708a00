/// One field of an order and its direction. Ties are ordered by `id` in the direction of the last field (PROTOCOL.md section 5).
public struct SortField: Sendable, Hashable {
    /// The field.
    public let field: FieldPath
    /// Whether the order is reversed (`desc`).
    public let isDescending: Bool

    /// A field and its direction.
    public init(_ field: FieldPath, isDescending: Bool = false) {
        self.field = field
        self.isDescending = isDescending
    }
}
