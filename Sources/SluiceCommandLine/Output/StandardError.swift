import Glibc

/// Standard error: each message is one system call, so that those of several tasks do not mix.
enum StandardError {
    /// Writes text as it is; that it cannot be written is nobody's concern.
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }

    /// A line for people.
    static func note(_ text: String) { write("sluice: \(DisplayText.safe(text))\n") }
}
