/// Turns JSON text into MessagePack in one pass, map and list heads being patched when their end is
/// known. Owned by one call of `ExtendedJSON`.
struct ExtendedJSONReader {
    var json: JSONReader
    /// Text whose escapes were undone; kept for its capacity.
    var scratch: [UInt8] = []
    private let maxDepth: Int
    /// Keys that had escapes, where they stay until the map they belong to has been compared key by key.
    private var unescapedKeys: [UnsafeMutableRawBufferPointer] = []

    init(_ text: UnsafeRawBufferPointer, maxDepth: Int) {
        json = JSONReader(text)
        self.maxDepth = maxDepth
    }

    /// Gives back what it holds; to be called once.
    mutating func close() { for key in unescapedKeys { key.deallocate() } }

    /// Appends the one value that the text holds.
    mutating func wholeValue(to writer: inout MessagePackWriter) throws(SluiceError) {
        try value(to: &writer, depth: 0)
        if json.peek() != nil { throw json.malformed("text after the value") }
    }

    private mutating func value(to writer: inout MessagePackWriter, depth: Int) throws(SluiceError) {
        switch json.peek() {
        case UInt8(ascii: "\""):
            let token = try json.string()
            if token.hasEscapes {
                try json.unescape(token, into: &scratch)
                scratch.withUnsafeBytes { writer.string(utf8: $0) }
            } else {
                writer.string(utf8: UnsafeRawBufferPointer(rebasing: json.text[token.range]))
            }
        case UInt8(ascii: "{"): try map(to: &writer, depth: depth + 1)
        case UInt8(ascii: "["): try list(to: &writer, depth: depth + 1)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            switch try json.number() {
            case .integer(let integer): writer.integer(integer)
            case .float(let float): writer.float(float)
            }
        case UInt8(ascii: "t"):
            try json.literal("true")
            writer.boolean(true)
        case UInt8(ascii: "f"):
            try json.literal("false")
            writer.boolean(false)
        case UInt8(ascii: "n"):
            try json.literal("null")
            writer.null()
        case nil: throw json.malformed("it ends where a value should start")
        default: throw json.malformed("expected a value")
        }
    }

    private mutating func list(to writer: inout MessagePackWriter, depth: Int) throws(SluiceError) {
        try enter(UInt8(ascii: "["), depth: depth)
        let head = writer.bytes.count
        writer.listHead(0)
        var count = 0
        if json.take(UInt8(ascii: "]")) { return }
        repeat {
            try value(to: &writer, depth: depth)
            count += 1
        } while json.take(UInt8(ascii: ","))
        try json.expect(UInt8(ascii: "]"), "',' or ']'")
        writer.patchHead(at: head, count: count, short: 0x90, long: 0xdc)
    }

    private mutating func map(to writer: inout MessagePackWriter, depth: Int) throws(SluiceError) {
        guard let key = try firstKey(depth: depth) else { return writer.mapHead(0) }
        if key.first == UInt8(ascii: "$") {
            if let kind = scalar(kind: key) { return kind.write(to: &writer) }
            if isEscape(key) {
                _ = json.take(UInt8(ascii: ":"))
                if let key = try firstKey(depth: depth) { try entries(key, to: &writer, depth: depth) } else { writer.mapHead(0) }
                return try json.expect(UInt8(ascii: "}"), "'}'")
            }
        }
        try entries(key, to: &writer, depth: depth)
    }

    /// Enters a map and reads its first key; nil when the map is empty, which is then passed.
    private mutating func firstKey(depth: Int) throws(SluiceError) -> UnsafeRawBufferPointer? {
        try enter(UInt8(ascii: "{"), depth: depth)
        return json.take(UInt8(ascii: "}")) ? nil : try key()
    }

    /// From behind the first key of a map on.
    private mutating func entries(
        _ firstKey: UnsafeRawBufferPointer, to writer: inout MessagePackWriter, depth: Int
    ) throws(SluiceError) {
        let head = writer.bytes.count
        writer.mapHead(0)
        var names = DistinctNames(capacity: 0)
        var count = 0
        var key = firstKey
        while true {
            guard names.insert(key) else {
                throw json.malformed("the key '\(String(decoding: key, as: UTF8.self))' stands twice in one map")
            }
            writer.string(utf8: key)
            try json.expect(UInt8(ascii: ":"), "':'")
            try value(to: &writer, depth: depth)
            count += 1
            guard json.take(UInt8(ascii: ",")) else { break }
            key = try self.key()
        }
        try json.expect(UInt8(ascii: "}"), "',' or '}'")
        writer.patchHead(at: head, count: count, short: 0x80, long: 0xde)
    }

    private mutating func key() throws(SluiceError) -> UnsafeRawBufferPointer {
        let token = try json.string()
        guard token.hasEscapes else { return UnsafeRawBufferPointer(rebasing: json.text[token.range]) }
        try json.unescape(token, into: &scratch)
        let key = UnsafeMutableRawBufferPointer.allocate(byteCount: scratch.count, alignment: 1)
        key.copyBytes(from: scratch)
        unescapedKeys.append(key)
        return UnsafeRawBufferPointer(key)
    }

    private mutating func enter(_ bracket: UInt8, depth: Int) throws(SluiceError) {
        guard depth <= maxDepth else {
            throw SluiceError(
                .invalidInput, "it nests deeper than \(maxDepth) at byte \(json.position)",
                details: ["limit": "maxDepth", "value": .integer(Int64(maxDepth))])
        }
        _ = json.take(bracket)
    }
}
