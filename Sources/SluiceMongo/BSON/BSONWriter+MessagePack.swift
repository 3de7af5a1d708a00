import SluiceProtocol

/// From a checked document's MessagePack straight to BSON.
extension BSONWriter {
    /// Appends the value at the reader's position under a name.
    mutating func value(_ name: some Sequence<UInt8>, _ reader: inout MessagePackReader) throws(SluiceError) {
        switch try reader.next() {
        case .null: head(.null, name)
        case .boolean(let value):
            head(.boolean, name)
            little(UInt8(value ? 1 : 0))
        case .integer(let value): integer(name, value)
        case .float(let value):
            head(.double, name)
            little(value.bitPattern)
        case .string(let range):
            head(.string, name)
            text(UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .binary(let range):
            head(.binary, name)
            binary(UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .ext(let type, let range): try ext(name, type, UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .list(let count):
            head(.array, name)
            let start = open()
            var index = ListIndex()
            for _ in 0..<count { try value(index.next().utf8, &reader) }
            close(start)
        case .map(let count): try map(name, count, &reader)
        case .oversizedInteger: throw ValueRules.oversizedInteger
        }
    }

    private mutating func ext(_ name: some Sequence<UInt8>, _ type: Int8, _ payload: UnsafeRawBufferPointer) throws(SluiceError) {
        switch type {
        case ExtensionType.timestamp:
            head(.date, name)
            little(try Timestamp(payload: payload).milliseconds)
        case ExtensionType.objectID:
            head(.objectID, name)
            objectID(try ObjectID(payload: payload))
        default: decimal(name, payload)
        }
    }

    private mutating func map(_ name: some Sequence<UInt8>, _ count: Int, _ reader: inout MessagePackReader) throws(SluiceError) {
        head(.document, name)
        let start = open()
        for _ in 0..<count {
            guard case .string(let range) = try reader.next() else { throw .malformed("a map key that is no string") }
            let key = UnsafeRawBufferPointer(rebasing: reader.bytes[range])
            if StoredKey.isReserved(key) { try value(StoredKey.escaped(key), &reader) } else { try value(key, &reader) }
        }
        close(start)
    }
}
