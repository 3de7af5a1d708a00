import SluiceClient

// Text is compared by its bytes throughout: Swift's `==` would not see another spelling of the same character.
extension Record {
    /// The text of a field that the source gives to every record.
    func text(_ field: String) -> String { self[field]?.string ?? "" }

    func bytes(_ field: String) -> [UInt8] { Array(text(field).utf8) }

    /// The country of a subdivision.
    var country: [UInt8] { Array(bytes("code").prefix { $0 != UInt8(ascii: "-") }) }

    /// How a record is not as expected; nil when it is. Its `id` is Sluice's: any of the right form is as expected.
    func difference(from expected: Record) -> String? {
        guard let id = self["id"]?.string?.utf8, id.count == 24, id.allSatisfy(isLowercaseHexadecimal) else {
            return "id is not 24 hexadecimal digits"
        }
        for field in Set(keys).union(expected.keys).subtracting(["id"]).sorted() {
            guard let found = self[field] else { return "\(field) is missing" }
            guard let wanted = expected[field] else { return "\(field) should not be there" }
            if found.scalar == nil || found.scalar != wanted.scalar { return "\(field) is \(found) instead of \(wanted)" }
        }
        return nil
    }

    /// Whether it comes before another in an order by texts: what is missing comes first, and the first field that differs decides.
    func precedes(_ other: Record, _ order: [(field: String, isDescending: Bool)]) -> Bool {
        for (field, isDescending) in order {
            let (left, right) = (self[field].map { _ in bytes(field) }, other[field].map { _ in other.bytes(field) })
            if left == right { continue }
            guard let left, let right else { return (left == nil) != isDescending }
            return left.lexicographicallyPrecedes(right) != isDescending
        }
        return false
    }

    private func isLowercaseHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
