import Glibc

/// A terminal for a process under test (pty(7)). The test that made it owns it.
final class Pseudoterminal {
    /// The process's end.
    let theirs: Int32
    private let ours: Int32

    init() throws {
        ours = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        guard ours >= 0 else { throw Failure("/dev/ptmx: \(String(cString: strerror(errno)))") }
        // Swift does not see posix_openpt(3) and its sisters; these are TIOCSPTLCK and TIOCGPTPEER of ioctl_tty(2).
        var isLocked: Int32 = 0
        _ = ioctl(ours, 0x4004_5431, &isLocked)
        theirs = ioctl(ours, 0x5441, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard theirs >= 0 else {
            close(ours)
            throw Failure("the terminal's other end: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(theirs)
        close(ours)
    }

    /// All that was written to it so far.
    var shown: String {
        while true {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = read(ours, &bytes, bytes.count)
            guard count > 0 else { return text }
            text += String(decoding: bytes.prefix(count), as: UTF8.self)
        }
    }
    private var text = ""
}
