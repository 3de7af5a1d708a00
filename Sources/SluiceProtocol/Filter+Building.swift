// A filter as callers write it, one condition after the other:
//
//     try Filter.match("role", "user").like("name", "An%").gt("age", 30)
//
// Every step throws `invalidInput` for a field that is no path and a value that Sluice cannot hold;
// one `try` before the chain covers them all.
extension Filter {
    /// A filter that starts with one equality.
    public static func match(_ field: String, _ value: some ScalarConvertible) throws(SluiceError) -> Filter {
        try Filter().match(field, value)
    }

    /// The field has the value.
    public func match(_ field: String, _ value: some ScalarConvertible) throws(SluiceError) -> Filter {
        try adding(field, .equal(try value.scalar()))
    }

    /// The field is null or missing: `match("parent", nil)`.
    public func match(_ field: String, _ value: Scalar) throws(SluiceError) -> Filter { try adding(field, .equal(value)) }

    /// The field has another value, or none.
    public func ne(_ field: String, _ value: some ScalarConvertible) throws(SluiceError) -> Filter {
        try adding(field, .notEqual(try value.scalar()))
    }

    /// The field is there and not null: `ne("parent", nil)`.
    public func ne(_ field: String, _ value: Scalar) throws(SluiceError) -> Filter { try adding(field, .notEqual(value)) }

    /// The field is less than a number, string or timestamp.
    public func lt(_ field: String, _ value: some ScalarConvertible) throws(SluiceError) -> Filter { try ordered(field, .lt, value) }

    /// The field is less or equal.
    public func lte(_ field: String, _ value: some ScalarConvertible) throws(SluiceError) -> Filter { try ordered(field, .lte, value) }

    /// The field is greater.
    public func gt(_ field: String, _ value: some ScalarConvertible) throws(SluiceError) -> Filter { try ordered(field, .gt, value) }

    /// The field is greater or equal.
    public func gte(_ field: String, _ value: some ScalarConvertible) throws(SluiceError) -> Filter { try ordered(field, .gte, value) }

    /// The field has one of the values; none of them matches nothing.
    public func isIn(_ field: String, _ values: [some ScalarConvertible]) throws(SluiceError) -> Filter {
        var scalars: [Scalar] = []
        for value in values { scalars.append(try value.scalar()) }
        return try adding(field, .isIn(scalars))
    }

    /// The field is there, be it null; or, with false, it is missing.
    public func exists(_ field: String, _ isThere: Bool = true) throws(SluiceError) -> Filter { try adding(field, .exists(isThere)) }

    /// The field is a string that the pattern matches whole: `%` is any run of characters, `%%` a percent sign, everything else itself.
    public func like(_ field: String, _ pattern: String) throws(SluiceError) -> Filter {
        guard case .string(let utf8) = try pattern.scalar() else { return self }
        return try adding(field, .like(LikePattern(utf8)))
    }

    private func ordered(
        _ field: String, _ relation: Condition.Relation, _ value: some ScalarConvertible
    ) throws(SluiceError) -> Filter {
        let scalar = try value.scalar()
        guard scalar.isOrdered else {
            throw .invalidInput("the condition '\(field) \(relation.rawValue)' takes a number, a string or a timestamp")
        }
        return try adding(field, .ordered(relation, scalar))
    }

    private func adding(_ field: String, _ test: Condition.Test) throws(SluiceError) -> Filter {
        Filter(conditions + [Condition(try FieldPath(field), test)])
    }
}

extension SortField {
    /// The least first.
    /// - Throws: `invalidInput` when the field is no path.
    public static func ascending(_ field: String) throws(SluiceError) -> SortField { SortField(try FieldPath(field)) }

    /// The greatest first.
    /// - Throws: `invalidInput` when the field is no path.
    public static func descending(_ field: String) throws(SluiceError) -> SortField {
        SortField(try FieldPath(field), isDescending: true)
    }
}
