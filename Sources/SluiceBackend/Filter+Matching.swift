import SluiceProtocol

// Filters on a record in memory, for what an engine cannot ask of its storage. This is PROTOCOL.md section 5 spelled out.
extension Filter {
    /// Whether a record satisfies every condition.
    public func matches(_ record: Document) -> Bool { conditions.allSatisfy { $0.test.holds(record[$0.field]) } }
}

extension Condition.Test {
    /// Whether it holds of what stands at a condition's path.
    public func holds(_ field: Document.Field) -> Bool {
        switch self {
        case .equal(let operand): Self.isEqual(field, operand)
        case .notEqual(let operand): !Self.isEqual(field, operand)
        case .isIn(let operands): operands.contains { Self.isEqual(field, $0) }
        case .exists(let isThere): (field != .missing) == isThere
        case .like(let pattern): Self.isLike(field, pattern)
        case .ordered(let relation, let operand): Self.isOrdered(field, relation, operand)
        }
    }

    /// No map or list is equal to anything; missing is null.
    private static func isEqual(_ field: Document.Field, _ operand: Scalar) -> Bool { field.comparable?.hasValue(of: operand) ?? false }

    private static func isLike(_ field: Document.Field, _ pattern: LikePattern) -> Bool {
        guard case .scalar(.string(let utf8)) = field else { return false }
        return utf8.withUnsafeBytes { pattern.matches($0) }
    }

    private static func isOrdered(_ field: Document.Field, _ relation: Condition.Relation, _ operand: Scalar) -> Bool {
        guard operand.isOrdered, let comparison = field.comparable?.comparison(to: operand) else { return false }
        return switch relation {
        case .lt: comparison < 0
        case .lte: comparison <= 0
        case .gt: comparison > 0
        case .gte: comparison >= 0
        }
    }
}
