/// A `like` pattern: `%` is any run of bytes, `%%` (pairs taken from the left) a literal `%`, everything else itself (contract section 4).
public struct LikePattern: Sendable, Hashable {
    /// The literal texts between the wildcards: `a%b` has two, a pattern without a wildcard one.
    public let segments: [[UInt8]]

    /// Any text is a pattern.
    public init(_ pattern: some Sequence<UInt8>) {
        var segments: [[UInt8]] = [[]]
        var pendingPercent = false
        for byte in pattern {
            if byte == 0x25 {
                if pendingPercent { segments[segments.count - 1].append(0x25) }
                pendingPercent.toggle()
            } else {
                if pendingPercent { segments.append([]) }
                pendingPercent = false
                segments[segments.count - 1].append(byte)
            }
        }
        if pendingPercent { segments.append([]) }
        self.segments = segments
    }

    /// The literal text that every match starts with; may be empty.
    public var prefix: [UInt8] { segments[0] }

    /// Whether it has no wildcard and so is an equality.
    public var isExact: Bool { segments.count == 1 }

    /// Whether the whole text matches. Linear in the text for each segment: the leftmost place for each literal is always right.
    public func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count >= segments.reduce(0, { $0 + $1.count }), Self.has(segments[0], at: 0, in: text) else { return false }
        if isExact { return text.count == segments[0].count }
        let last = segments[segments.count - 1]
        let end = text.count - last.count
        guard Self.has(last, at: end, in: text) else { return false }
        var position = segments[0].count
        for segment in segments[1..<segments.count - 1] {
            guard let found = Self.find(segment, from: position, before: end, in: text) else { return false }
            position = found + segment.count
        }
        return position <= end
    }

    private static func has(_ segment: [UInt8], at position: Int, in text: UnsafeRawBufferPointer) -> Bool {
        text[position..<position + segment.count].elementsEqual(segment)
    }

    private static func find(_ segment: [UInt8], from start: Int, before end: Int, in text: UnsafeRawBufferPointer) -> Int? {
        guard let first = segment.first else { return start }
        var position = start
        while position + segment.count <= end {
            if text[position] == first, has(segment, at: position, in: text) { return position }
            position += 1
        }
        return nil
    }
}
