/// One condition on one field.
public struct Condition: Sendable, Hashable {
    /// The field.
    public let field: FieldPath
    /// What must hold of its value.
    public let test: Test

    /// A condition from its parts.
    public init(_ field: FieldPath, _ test: Test) {
        self.field = field
        self.test = test
    }

    /// What must hold of a field's value (PROTOCOL.md section 5).
    public enum Test: Sendable, Hashable {
        /// `eq`; null holds for missing too.
        case equal(Scalar)
        /// `ne`: exactly not `eq`.
        case notEqual(Scalar)
        /// `lt`, `lte`, `gt`, `gte` with a number, string or timestamp, against the same kind only.
        case ordered(Relation, Scalar)
        /// `in`: any `eq`.
        case isIn([Scalar])
        /// `exists`: there, be it null, or missing.
        case exists(Bool)
        /// `like`, strings only.
        case like(LikePattern)
    }

    /// The relations of ordered values; the raw value is the operator on the wire.
    public enum Relation: String, Sendable, Hashable {
        /// less
        case lt
        /// less or equal
        case lte
        /// greater
        case gt
        /// greater or equal
        case gte
    }
}
