/// What the rules read out of single lines of Swift.
enum SwiftLine {
    /// The words of a line without its attributes and their arguments.
    static func words(_ line: Substring) -> [Substring] {
        var rest = line.drop { $0 == " " }
        while rest.first == "@" {
            rest = rest.dropFirst().drop { $0.isLetter || $0.isNumber || $0 == "_" }
            if rest.first == "(" { rest = afterParenthesis(rest) }
            rest = rest.drop { $0 == " " }
        }
        return rest.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "`") }
    }

    /// Whether a doc comment stands above a declaration and its attributes.
    static func isDocumented(_ file: SourceFile, _ line: Int) -> Bool {
        let above = file.lines[..<line].last { line in
            let text = line.drop { $0 == " " }
            return !text.hasPrefix("@") && !text.hasPrefix("#")
        }
        return above?.drop { $0 == " " }.hasPrefix("///") == true
    }

    private static func afterParenthesis(_ text: Substring) -> Substring {
        var depth = 0
        for index in text.indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { return text[text.index(after: index)...] }
        }
        return ""
    }
}
