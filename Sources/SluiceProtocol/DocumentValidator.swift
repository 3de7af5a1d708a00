/// Checks once, at the door, that bytes are a document by PROTOCOL.md section 3; after that nobody checks them again.
struct DocumentValidator {
    private var reader: MessagePackReader

    init(_ reader: MessagePackReader) { self.reader = reader }

    /// Checks the document at the reader's position and answers the offset behind it.
    /// - Throws: `invalidInput`, with reason `malformed` when the bytes are no MessagePack.
    static func validate(_ reader: MessagePackReader) throws(SluiceError) -> Int {
        var validator = DocumentValidator(reader)
        guard case .map(let count) = try validator.reader.next() else { throw .invalidInput("a document must be a map") }
        try validator.map(count, depth: 1)
        return validator.reader.offset
    }

    private func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: reader.bytes[range]) }

    private mutating func map(_ count: Int, depth: Int) throws(SluiceError) {
        guard depth <= Limits.maxDepth else { throw Self.tooDeep }
        var names = DistinctNames(capacity: count)
        for _ in 0..<count {
            guard case .string(let range) = try reader.next() else { throw .invalidInput("a map key is not a string") }
            let name = slice(range)
            try ValueRules.check(text: name)
            if depth == 1 { try ValueRules.check(topLevelName: name) }
            guard names.insert(name) else {
                throw .invalidInput("the key '\(String(decoding: name, as: UTF8.self))' stands twice in one map")
            }
            try value(depth: depth)
        }
    }

    private mutating func value(depth: Int) throws(SluiceError) {
        switch try reader.next() {
        case .null, .boolean, .integer, .binary: break
        case .oversizedInteger: throw ValueRules.oversizedInteger
        case .float(let float): try ValueRules.check(float: float)
        case .string(let range): try ValueRules.check(text: slice(range))
        case .ext(let type, let range): try ValueRules.check(ext: type, slice(range))
        case .map(let count): try map(count, depth: depth + 1)
        case .list(let count):
            guard depth < Limits.maxDepth else { throw Self.tooDeep }
            for _ in 0..<count { try value(depth: depth + 1) }
        }
    }

    private static var tooDeep: SluiceError {
        SluiceError(
            .invalidInput, "a document nests deeper than \(Limits.maxDepth)",
            details: ["limit": "maxDepth", "value": .integer(Int64(Limits.maxDepth))])
    }
}
