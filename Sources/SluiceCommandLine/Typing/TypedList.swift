/// A list as a person types it: `[a,b]`, `["a, b", 3]`, `[[1,2],{"c":3}]`.
enum TypedList {
    /// The items between the brackets, white space around each removed.
    /// - Throws: when brackets or quotes do not close.
    static func items(_ text: String) throws(TypingFault) -> [String] {
        guard text.utf8.count >= 2, text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") else {
            throw TypingFault("a list ends with ']'; text that starts with '[' stands in double quotes")
        }
        let inside = text.dropFirst().dropLast()
        var splitter = Splitter()
        for byte in inside.utf8 { splitter.take(byte) }
        guard splitter.isClosed else { throw TypingFault("a quote or bracket in the list does not close") }
        let items = splitter.finished().map { String(decoding: $0, as: UTF8.self) }
        return items == [""] ? [] : items
    }

    /// Cuts at the commas that stand in no quotes and no inner brackets.
    private struct Splitter {
        private var items: [[UInt8]] = [[]]
        private var depth = 0
        private var isQuoted = false
        private var isEscaped = false

        var isClosed: Bool { depth == 0 && !isQuoted }

        mutating func take(_ byte: UInt8) {
            if isQuoted {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                }
            } else {
                switch byte {
                // A quote within a word is the word's own: O"Brien.
                case UInt8(ascii: "\""): isQuoted = depth > 0 || items[items.count - 1].allSatisfy(Self.isSpace)
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                case UInt8(ascii: ",") where depth == 0:
                    items.append([])
                    return
                default: break
                }
            }
            items[items.count - 1].append(byte)
        }

        func finished() -> [ArraySlice<UInt8>] {
            items.map { item in
                let start = item.firstIndex { !Self.isSpace($0) } ?? item.endIndex
                let end = item.lastIndex { !Self.isSpace($0) }.map { $0 + 1 } ?? start
                return item[start..<end]
            }
        }

        private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    }
}
