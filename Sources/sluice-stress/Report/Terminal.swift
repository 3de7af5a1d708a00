import Glibc

/// What standard output can show. Colour only ever repeats what a word says.
enum Terminal {
    static var understandsEscapes: Bool { variable("TERM").map { $0 != "dumb" } ?? false }
    /// The convention of no-color.org: any value that is not empty turns colour off.
    static let hasColour = isatty(STDOUT_FILENO) == 1 && understandsEscapes && variable("NO_COLOR") == nil

    static func green(_ text: String) -> String { coloured(text, 32) }
    static func red(_ text: String) -> String { coloured(text, 31) }
    static func faint(_ text: String) -> String { coloured(text, 2) }

    private static func coloured(_ text: String, _ code: Int) -> String { hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

    /// The variable's value; nil when it is not set or empty.
    static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value[0] != 0 else { return nil }
        return String(cString: value)
    }
}
