import Glibc

/// What a descriptor leads to: somebody's terminal, its width and whether it may be coloured, or a file or pipe. A value, asked once.
struct Terminal {
    /// Whether a person watches.
    let isTerminal: Bool
    /// Columns; nil where nothing is to be fitted.
    let width: Int?
    /// Whether text may be coloured: a terminal, and no NO_COLOR (https://no-color.org).
    let isColoured: Bool

    /// A terminal as told.
    init(isTerminal: Bool, width: Int?, isColoured: Bool) {
        self.isTerminal = isTerminal
        self.width = width
        self.isColoured = isColoured
    }

    /// What a descriptor of this process leads to.
    init(_ descriptor: Int32, environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }) {
        isTerminal = isatty(descriptor) == 1
        width = isTerminal ? Self.columns(descriptor, environment) : nil
        isColoured = isTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }

    private static func columns(_ descriptor: Int32, _ environment: (String) -> String?) -> Int {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return environment("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80
    }

    /// Text that stands out.
    func bold(_ text: String) -> String { isColoured ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
    /// Text that steps back.
    func dim(_ text: String) -> String { isColoured ? "\u{1b}[2m\(text)\u{1b}[0m" : text }
    /// Text that warns.
    func red(_ text: String) -> String { isColoured ? "\u{1b}[31m\(text)\u{1b}[0m" : text }
}
