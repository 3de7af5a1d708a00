/// The brace blocks of Swift or C code whose comments and strings are blanked out: which are types, which are functions, and where.
/// A value.
struct CodeOutline: Sendable {
    enum Kind: Sendable {
        case type, function, other
    }

    struct Block: Sendable {
        let kind: Kind
        /// Lines, counted from 0: of the declaration's keyword, and of the closing brace.
        let lines: ClosedRange<Int>
    }

    /// By where they end.
    private(set) var blocks: [Block] = []

    init(_ code: [UInt8], _ language: SourceFile.Language) {
        guard language == .swift || language == .c else { return }
        var open: [(kind: Kind, line: Int)] = []
        // What stands before a brace: words since the last brace or semicolon, with their lines.
        var words: [(text: String, line: Int)] = []
        var word: [UInt8] = []
        var line = 0
        var isDirective = false
        for byte in code + [UInt8(ascii: "\n")] {
            if Self.isInWord(byte) {
                word.append(byte)
                continue
            }
            if !word.isEmpty { words.append((String(decoding: word, as: UTF8.self), line)) }
            word.removeAll(keepingCapacity: true)
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                if isDirective { words.removeAll() }
                isDirective = false
            case UInt8(ascii: "#"): isDirective = language == .c
            case UInt8(ascii: "{"):
                let (kind, start) = Self.classify(words, line, language, isOutermost: open.isEmpty)
                open.append((kind, start))
                words.removeAll()
            case UInt8(ascii: "}"):
                if let block = open.popLast() { blocks.append(Block(kind: block.kind, lines: block.line...max(block.line, line))) }
                words.removeAll()
            case UInt8(ascii: ";"): words.removeAll()
            case UInt8(ascii: "("), UInt8(ascii: "="): words.append((String(UnicodeScalar(byte)), line))
            default: break
            }
        }
    }

    /// What the line stands in; nil at the top of a file.
    func innermost(around line: Int) -> Block? {
        blocks.filter { $0.lines.contains(line) }.min { $0.lines.count < $1.lines.count }
    }

    /// A dot belongs to a word, so that `Name.init` is none of the keywords.
    private static func isInWord(_ byte: UInt8) -> Bool {
        byte >= 128 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "`")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static let types: Set<String> = ["struct", "class", "enum", "actor", "protocol", "extension"]
    private static let functions: Set<String> = ["func", "init", "deinit", "subscript", "var"]
    private static let others: Set<String> = ["let", "if", "for", "while", "switch", "do", "guard", "catch", "else", "return"]

    private static func classify(_ words: [(text: String, line: Int)], _ line: Int, _ language: SourceFile.Language, isOutermost: Bool)
        -> (Kind, Int)
    {
        let start = words.first?.line ?? line
        if language == .c {
            let isFunction = isOutermost && words.contains { $0.text == "(" } && !words.contains { $0.text == "=" }
            return (isFunction ? .function : .other, start)
        }
        // `class func` and the like: the last keyword says what it is.
        let keyword = words.last { types.contains($0.text) || functions.contains($0.text) || others.contains($0.text) }
        guard let keyword, !others.contains(keyword.text) else { return (.other, start) }
        return (types.contains(keyword.text) ? .type : .function, keyword.line)
    }
}
