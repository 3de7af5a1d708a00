import Glibc

/// How far a long command is, on standard error and only when that is a terminal. Owned by the command that shows it.
final class Progress {
    private let verb: String
    private let start = ContinuousClock.now
    private var lastShown = ContinuousClock.now
    private let terminal: Terminal
    private let isWanted: Bool
    private var isShown = false

    /// - Parameters:
    ///   - verb: what happens to the records, as in "imported".
    ///   - isWanted: false keeps it quiet.
    init(_ verb: String, isWanted: Bool = true, terminal: Terminal = Terminal(STDERR_FILENO)) {
        self.verb = verb
        self.terminal = terminal
        self.isWanted = isWanted && terminal.isTerminal
    }

    /// Time since the start, in seconds.
    var seconds: Double { Self.seconds(.now - start) }

    /// Shows a count, ten times a second at most.
    /// - Parameter fraction: how much of the whole this is, when that is known.
    func update(_ count: Int, fraction: Double? = nil) {
        guard isWanted, ContinuousClock.now - lastShown > .milliseconds(100) else { return }
        lastShown = .now
        isShown = true
        let share = fraction.map { "  \(Int($0 * 100)) %" } ?? ""
        StandardError.write("\r\u{1b}[K" + DisplayText.cut(summary(count) + share, to: (terminal.width ?? 80) - 1))
    }

    /// Takes the line away, so that something else can be written.
    func clear() {
        if isShown { StandardError.write("\r\u{1b}[K") }
        isShown = false
    }

    /// Leaves the last word.
    func finish(_ count: Int) {
        clear()
        if isWanted { StandardError.write(summary(count) + "\n") }
    }

    /// "12,345 records imported in 1.2 s (10,287/s)"
    func summary(_ count: Int) -> String {
        let seconds = seconds
        let rate = seconds > 0 ? Int(Double(count) / seconds) : 0
        let tenths = Int(seconds * 10)
        let time = "\(tenths / 10).\(tenths % 10) s (\(Self.grouped(rate))/s)"
        return "\(Self.counted(count, "record")) \(verb) in \(time)"
    }

    /// "1 line", "1,234 lines"
    static func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }

    /// A duration in seconds.
    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// With a comma after every third digit.
    static func grouped(_ value: Int) -> String {
        var digits = String(value)[...]
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }
}
