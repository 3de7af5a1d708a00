import Glibc

/// One line on standard error that says what is being measured, overwritten in place; nothing when that is no terminal.
struct ProgressLine {
    let isShown: Bool

    init() {
        isShown = isatty(STDERR_FILENO) == 1 && Terminal.understandsEscapes
    }

    func show(_ row: String, run: Int, of runs: Int, _ what: String) { show("\(row)  run \(run) of \(runs)  \(what)") }

    func show(_ text: String) {
        guard isShown else { return }
        StandardError.write("\r\u{1B}[K\(text) …")
    }

    func clear() {
        guard isShown else { return }
        StandardError.write("\r\u{1B}[K")
    }
}
