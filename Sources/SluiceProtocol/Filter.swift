/// Conditions that must all hold. A value in one can never act as an operator: operators are a type of their own.
public struct Filter: Sendable, Hashable {
    /// The conditions, in the caller's order.
    public let conditions: [Condition]

    /// At most `Limits.maxConditions` of them, as decoding has checked.
    public init(_ conditions: [Condition] = []) { self.conditions = conditions }

    /// Whether every record matches.
    public var isEmpty: Bool { conditions.isEmpty }
}
