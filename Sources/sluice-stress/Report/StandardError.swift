import Glibc

/// Standard error, unbuffered. (`stderr` is a variable of C, which Swift 6 lets nobody touch.)
enum StandardError {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
