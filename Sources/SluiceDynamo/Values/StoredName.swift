/// Names in nested maps that mean something in storage: `$date`, `$oid` and `$numberDecimal` mark kinds that DynamoDB lacks, `$empty`
/// stands for the empty name, which it refuses. A caller's own name of that form has one more `$` there, so that data never turns into a
/// kind and a condition's path is known without a look at the item.
enum StoredName {
    /// Holds a timestamp's text, RFC 3339 in UTC with milliseconds: ordered as text it is ordered by time.
    static let date = "$date"
    /// Holds an ObjectId's 24 hexadecimal digits.
    static let objectID = "$oid"
    /// Holds a decimal's canonical text.
    static let decimal = "$numberDecimal"
    /// The name without a character.
    static let empty = "$empty"

    private static let dollar = UInt8(ascii: "$")
    private static let reserved = [date, objectID, decimal, empty].map { Array($0.utf8.dropFirst()) }

    /// Whether a caller's name has one more `$` in storage.
    private static func isReserved(_ name: some Collection<UInt8>) -> Bool {
        guard name.first == dollar else { return false }
        let rest = name.drop { $0 == dollar }
        return reserved.contains { rest.elementsEqual($0) }
    }

    /// A caller's name as it is stored; nil when it is stored as it is.
    static func escaped(_ name: some Collection<UInt8>) -> [UInt8]? {
        if name.isEmpty { return Array(empty.utf8) }
        return isReserved(name) ? [dollar] + name : nil
    }

    /// A stored name as callers see it.
    static func shown(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard isReserved(name) else { return name }
        if name.elementsEqual(empty.utf8) { return UnsafeRawBufferPointer(rebasing: name[..<0]) }
        // One `$` alone marks a kind; a map that others have left with such a name keeps it.
        return name[1] == dollar ? UnsafeRawBufferPointer(rebasing: name[1...]) : name
    }
}
