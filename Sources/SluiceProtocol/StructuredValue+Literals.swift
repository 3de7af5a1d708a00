// Definitions are written as literals: ["name": "users", "indexes": ["email"], "GSI": ["email": [:]]].
extension StructuredValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A float.
    public init(floatLiteral value: Double) { self = .float(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// Null.
    public init(nilLiteral: ()) { self = .null }
    /// A list.
    public init(arrayLiteral elements: StructuredValue...) { self = .list(elements) }
    /// A map; its entries keep their order.
    public init(dictionaryLiteral elements: (String, StructuredValue)...) { self = .map(elements.map { Entry($0, $1) }) }
}
