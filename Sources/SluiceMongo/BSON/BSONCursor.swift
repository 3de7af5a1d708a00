import SluiceProtocol

/// A bounds-checked cursor over the elements of one BSON document from a server. It builds nothing; the bytes must outlive it.
struct BSONCursor {
    /// An element: its type, its name, and where its value stands.
    struct Element {
        let type: BSONType
        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
    }

    private let bytes: UnsafeRawBufferPointer
    private var offset = 4

    /// Over a whole document.
    /// - Throws: `backendError` when its length is not its own.
    init(_ document: UnsafeRawBufferPointer) throws(SluiceError) {
        guard document.count >= 5, Int(document.loadUnaligned(as: UInt32.self).littleEndian) == document.count, document.last == 0 else {
            throw Self.malformed
        }
        bytes = document
    }

    /// What MongoDB never sends.
    static var malformed: SluiceError { SluiceError(.backendError, "the server sent a document that is not BSON") }

    /// The next element; nil at the end.
    mutating func next() throws(SluiceError) -> Element? {
        guard offset < bytes.count - 1 else {
            guard offset == bytes.count - 1 else { throw Self.malformed }
            return nil
        }
        guard let type = BSONType(rawValue: bytes[offset]) else { throw Self.malformed }
        var end = offset + 1
        while end < bytes.count, bytes[end] != 0 { end += 1 }
        let name = UnsafeRawBufferPointer(rebasing: bytes[offset + 1..<end])
        let start = end + 1
        let count = try Self.valueCount(type, UnsafeRawBufferPointer(rebasing: bytes[min(start, bytes.count)...]))
        guard start + count < bytes.count else { throw Self.malformed }
        offset = start + count
        return Element(type: type, name: name, value: UnsafeRawBufferPointer(rebasing: bytes[start..<offset]))
    }

    /// How many elements are left.
    func count() throws(SluiceError) -> Int {
        var ahead = self
        var count = 0
        while try ahead.next() != nil { count += 1 }
        return count
    }

    private static func valueCount(_ type: BSONType, _ rest: UnsafeRawBufferPointer) throws(SluiceError) -> Int {
        func length() throws(SluiceError) -> Int {
            guard rest.count >= 4 else { throw malformed }
            let value = Int(rest.loadUnaligned(as: Int32.self).littleEndian)
            guard value >= 0, value <= rest.count else { throw malformed }
            return value
        }
        switch type {
        case .undefined, .null, .minKey, .maxKey: return 0
        case .boolean: return 1
        case .int32: return 4
        case .double, .date, .timestamp, .int64: return 8
        case .objectID: return 12
        case .decimal128: return 16
        case .string, .code, .symbol: return 4 + (try length())
        case .document, .array, .codeWithScope:
            let count = try length()
            guard count >= 5 else { throw malformed }
            return count
        case .binary: return 5 + (try length())
        case .dbPointer: return 16 + (try length())
        case .regularExpression:
            var nuls = 0
            for (index, byte) in rest.enumerated() where byte == 0 {
                nuls += 1
                if nuls == 2 { return index + 1 }
            }
            throw malformed
        }
    }
}

extension BSONCursor.Element {
    /// A string's, symbol's or code's UTF-8, checked.
    func text() throws(SluiceError) -> UnsafeRawBufferPointer {
        guard value.count >= 5, value.last == 0 else { throw BSONCursor.malformed }
        return UnsafeRawBufferPointer(rebasing: value[4..<value.count - 1])
    }

    func little<Value: FixedWidthInteger>(_: Value.Type, at offset: Int = 0) -> Value {
        Value(littleEndian: value.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// The number of an integer or of a float that is one.
    var integer: Int64? {
        switch type {
        case .int32: Int64(little(Int32.self))
        case .int64: little(Int64.self)
        case .double: Int64(exactly: Double(bitPattern: little(UInt64.self)))
        default: nil
        }
    }
}
