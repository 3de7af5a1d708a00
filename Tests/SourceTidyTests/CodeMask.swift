/// Blanks out comments and the insides of strings, so that a rule about code is not misled by words. Line ends stay, and so does every
/// byte's place. A cursor over one file's bytes, used once.
struct CodeMask {
    private var bytes: [UInt8]
    private var at = 0
    private let language: SourceFile.Language

    static func mask(_ text: String, _ language: SourceFile.Language) -> [UInt8] {
        var mask = CodeMask(bytes: Array(text.utf8), language: language)
        if [.swift, .c, .python].contains(language) { mask.run() }
        return mask.bytes
    }

    private init(bytes: [UInt8], language: SourceFile.Language) {
        self.bytes = bytes
        self.language = language
    }

    private mutating func run() {
        while at < bytes.count {
            if !passComment() && !passString() { at += 1 }
        }
    }

    /// Whether a comment stood here; it is blanked and passed.
    private mutating func passComment() -> Bool {
        if stands(language == .python ? "#" : "//") {
            while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { blank(1) }
            return true
        }
        guard language != .python, stands("/*") else { return false }
        var depth = 0
        repeat {
            if stands("/*"), language == .swift || depth == 0 {
                depth += 1
                blank(2)
            } else if stands("*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while at < bytes.count && depth > 0
        return true
    }

    /// Whether a literal of text stood here; its inside is blanked and all of it passed.
    private mutating func passString() -> Bool {
        switch language {
        case .swift:
            var hashes = 0
            while at + hashes < bytes.count, bytes[at + hashes] == UInt8(ascii: "#") { hashes += 1 }
            let fence = String(repeating: "#", count: hashes)
            if hashes > 0, stands(fence + "/") { return pass(from: fence + "/", to: "/" + fence, escape: nil) }
            guard stands(fence + "\"") else { return false }
            // Only a text over several lines has its first line end at once: `#""""#` is a single quote.
            let quotes = stands(fence + "\"\"\"\n") ? "\"\"\"" : "\""
            return pass(from: fence + quotes, to: quotes + fence, escape: "\\" + fence)
        case .python:
            for quotes in ["\"\"\"", "'''", "\"", "'"] where stands(quotes) { return pass(from: quotes, to: quotes, escape: "\\") }
            return false
        default:
            for quote in ["\"", "'"] where stands(quote) { return pass(from: quote, to: quote, escape: "\\") }
            return false
        }
    }

    private mutating func pass(from opening: String, to closing: String, escape: String?) -> Bool {
        at += opening.utf8.count
        while at < bytes.count, !stands(closing) {
            if let escape, stands(escape) {
                blank(escape.utf8.count)
                if language == .swift, stands("(") { passInterpolation() } else if at < bytes.count { blank(1) }
            } else {
                blank(1)
            }
        }
        at = min(at + closing.utf8.count, bytes.count)
        return true
    }

    /// From its opening parenthesis to its closing one, through strings within.
    private mutating func passInterpolation() {
        var depth = 0
        repeat {
            if stands("(") { depth += 1 }
            if stands(")") { depth -= 1 }
            if depth == 0 { return blank(1) }
            if !passString() { blank(1) }
        } while at < bytes.count
    }

    private func stands(_ text: String) -> Bool {
        text.utf8.count <= bytes.count - at && zip(text.utf8, bytes[at...]).allSatisfy(==)
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<min(count, bytes.count - at) {
            if bytes[at] != UInt8(ascii: "\n") { bytes[at] = UInt8(ascii: " ") }
            at += 1
        }
    }
}
