import SluiceProtocol

/// One MessagePack value of anything, as its bytes: looked into, compared and held against another without a tree of it. A test's value.
public struct WireValue: Sendable {
    /// The value, whole.
    public let bytes: ArraySlice<UInt8>

    /// Bytes that hold one value.
    public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// What `write` appends.
    public init(_ write: (inout MessagePackWriter) -> Void) {
        var writer = MessagePackWriter()
        write(&writer)
        bytes = writer.bytes[...]
    }

    /// The value's head.
    public var item: MessagePackItem { get throws(SluiceError) { try read { reader throws(SluiceError) in try reader.next() } } }

    /// The elements of a list; none for other values.
    public var elements: [WireValue] {
        get throws(SluiceError) {
            guard case .list(let count) = try item else { return [] }
            return try children(count)
        }
    }

    /// Keys and values of a map, in their order; none for other values.
    public var entries: [(key: WireValue, value: WireValue)] {
        get throws(SluiceError) {
            guard case .map(let count) = try item else { return [] }
            let children = try children(2 * count)
            return stride(from: 0, to: children.count, by: 2).map { (children[$0], children[$0 + 1]) }
        }
    }

    /// The value of a text key; nil when there is none.
    public subscript(name: String) -> WireValue? { find(WireValue { $0.string(name) }) }

    /// The value of an integer key; nil when there is none.
    public subscript(number: Int64) -> WireValue? { find(WireValue { $0.integer(number) }) }

    private func find(_ key: WireValue) -> WireValue? {
        try? entries.first { try $0.key.normal == key.normal }?.value
    }

    /// The text of a string.
    public var text: String? {
        guard case .string(let range)? = try? item else { return nil }
        return String(decoding: bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound], as: UTF8.self)
    }

    /// The integer.
    public var integer: Int64? { if case .integer(let value)? = try? item { value } else { nil } }

    /// The boolean.
    public var boolean: Bool? { if case .boolean(let value)? = try? item { value } else { nil } }

    /// The shortest form with maps ordered by their keys, times in milliseconds and decimals canonical: equal for values that are the same.
    public var normal: [UInt8] {
        get throws(SluiceError) {
            try read { reader throws(SluiceError) in
                var writer = MessagePackWriter()
                try Self.copy(&reader, to: &writer)
                return writer.bytes
            }
        }
    }

    /// Whether this holds at least what `other` does: maps may have more entries, and each of its lists' elements is matched by one here.
    public func contains(_ other: WireValue) throws(SluiceError) -> Bool {
        switch (try item, try other.item) {
        case (.map, .map):
            for (key, value) in try other.entries {
                guard let own = find(key), try own.contains(value) else { return false }
            }
            return true
        case (.list, .list):
            for element in try other.elements {
                var isThere = false
                for own in try elements where try own.contains(element) { isThere = true }
                guard isThere else { return false }
            }
            return true
        default: return try normal == other.normal
        }
    }

    // MARK: reading

    private func read<Result>(_ body: (inout MessagePackReader) throws(SluiceError) -> Result) throws(SluiceError) -> Result {
        try bytes.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            return try body(&reader)
        }
    }

    private func children(_ count: Int) throws(SluiceError) -> [WireValue] {
        try read { reader throws(SluiceError) in
            _ = try reader.next()
            var children: [WireValue] = []
            children.reserveCapacity(count)
            for _ in 0..<count {
                let start = reader.offset
                var budget = Int.max
                try reader.skip(budget: &budget)
                children.append(WireValue(bytes[bytes.startIndex + start..<bytes.startIndex + reader.offset]))
            }
            return children
        }
    }

    private static func copy(_ reader: inout MessagePackReader, to writer: inout MessagePackWriter) throws(SluiceError) {
        switch try reader.next() {
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .integer(let value): writer.integer(value)
        case .oversizedInteger: throw .invalidInput("an integer over 2^63-1")
        case .float(let value): writer.float(value)
        case .string(let range): writer.string(utf8: UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .binary(let range): writer.binary(UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .ext(ExtensionType.timestamp, let range):
            try Timestamp(payload: UnsafeRawBufferPointer(rebasing: reader.bytes[range])).write(to: &writer)
        case .ext(ExtensionType.decimal, let range):
            try DecimalNumber(text: UnsafeRawBufferPointer(rebasing: reader.bytes[range])).write(to: &writer)
        case .ext(let type, let range): writer.ext(type, UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .list(let count):
            writer.listHead(count)
            for _ in 0..<count { try copy(&reader, to: &writer) }
        case .map(let count): try copyMap(count, &reader, to: &writer)
        }
    }

    private static func copyMap(_ count: Int, _ reader: inout MessagePackReader, to writer: inout MessagePackWriter) throws(SluiceError) {
        var entries: [(key: [UInt8], value: [UInt8])] = []
        for _ in 0..<count {
            var key = MessagePackWriter()
            try copy(&reader, to: &key)
            var value = MessagePackWriter()
            try copy(&reader, to: &value)
            entries.append((key.bytes, value.bytes))
        }
        writer.mapHead(count)
        for entry in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            writer.raw(entry.key)
            writer.raw(entry.value)
        }
    }
}

extension WireValue: Equatable, CustomStringConvertible {
    /// The same value, in whatever form and order its bytes are.
    public static func == (left: WireValue, right: WireValue) -> Bool {
        guard let left = try? left.normal, let right = try? right.normal else { return false }
        return left == right
    }

    /// Extended JSON, or hex for what is no value of Sluice.
    public var description: String {
        guard let normal = try? normal, (try? Document(validating: [0x81, 0xa1, 0x76] + normal[...])) != nil else {
            return bytes.prefix(64).map { String($0, radix: 16) }.joined(separator: " ")
        }
        var text: [UInt8] = []
        normal.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text)
        }
        return String(decoding: text.prefix(400), as: UTF8.self)
    }
}
