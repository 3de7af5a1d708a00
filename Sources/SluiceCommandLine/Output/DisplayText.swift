/// Text as a terminal shows it: how wide it is, where it can be cut, and nothing in it that a terminal would obey.
enum DisplayText {
    /// Columns that the text takes.
    static func width(_ text: String) -> Int {
        // Letters, digits and punctuation of ASCII take a column each.
        if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text.utf8.count }
        return text.reduce(0) { $0 + width($1) }
    }

    /// The text, or its beginning with `…` behind, in at most `columns`.
    static func cut(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var result = ""
        var taken = 1
        for character in text {
            taken += width(character)
            if taken > columns { break }
            result.append(character)
        }
        return result + "…"
    }

    /// The text with control characters, and marks that turn the direction of writing, spelt as JSON escapes.
    static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isUnsafe(scalar):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x061c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// A character of several scalars is as wide as its widest; the variation selector U+FE0F asks for a wide picture.
    private static func width(_ character: Character) -> Int {
        if character.unicodeScalars.contains("\u{fe0f}") { return 2 }
        return character.unicodeScalars.reduce(0) { max($0, width($1)) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: 0
        default: scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
        }
    }

    /// The blocks that terminals show two columns wide (Unicode Standard Annex #11, classes W and F). The C library's own table is behind a
    /// feature macro that Swift does not set, and depends on the locale.
    private static func isWide(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
            0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18d08, 0x1aff0...0x1b2fb, 0x20000...0x3fffd:
            true
        default: false
        }
    }
}
