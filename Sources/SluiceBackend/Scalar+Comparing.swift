import SluiceProtocol

// Values compared as conditions and orders do (PROTOCOL.md section 5).
extension Scalar {
    /// Whether the condition `eq` would hold: numbers by their exact value across integer and float, decimals by value, different kinds
    /// never.
    public func hasValue(of other: Scalar) -> Bool {
        switch (self, other) {
        case (.integer(let integer), .float(let float)), (.float(let float), .integer(let integer)): Int64(exactly: float) == integer
        case (.string(let left), .string(let right)), (.binary(let left), .binary(let right)): left.elementsEqual(right)
        default: self == other
        }
    }

    /// Less, equal or greater: -1, 0 or 1. Only numbers, strings, binaries, booleans and timestamps have an order of their own.
    /// - Returns: nil for different kinds and for kinds without an order.
    func comparison(to other: Scalar) -> Int? {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): Self.sign(left, right)
        case (.float(let left), .float(let right)): Self.sign(left, right)
        case (.integer(let left), .float(let right)): Self.exactSign(left, right)
        case (.float(let left), .integer(let right)): -Self.exactSign(right, left)
        case (.string(let left), .string(let right)), (.binary(let left), .binary(let right)): Self.sign(left, right)
        case (.boolean(let left), .boolean(let right)): left == right ? 0 : left ? 1 : -1
        case (.timestamp(let left), .timestamp(let right)): Self.sign(left, right)
        default: nil
        }
    }

    static func sign<Value: Comparable>(_ left: Value, _ right: Value) -> Int { left < right ? -1 : left == right ? 0 : 1 }

    /// By the UTF-8 or other bytes, a prefix first.
    static func sign(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        left.elementsEqual(right) ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }

    /// By exact value: an integer over 2^53 has no float of its own, so that neither may be turned into the other.
    private static func exactSign(_ integer: Int64, _ float: Double) -> Int {
        guard float < 0x1p63 else { return -1 }
        guard float >= -0x1p63 else { return 1 }
        let whole = Int64(float)
        return integer == whole ? sign(Double(whole), float) : sign(integer, whole)
    }
}
