import Glibc

/// A named pipe that gives whoever reads it one line after the other, until the test that owns it says that it is enough.
final class LineSupply: Sendable {
    /// The pipe's path.
    let path: String
    private let supply: Task<Int, Never>

    /// - Parameter lines: far more than will be asked for, each of less than a page.
    init(_ lines: [String], at path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw Failure("mkfifo: \(String(cString: strerror(errno)))") }
        // For reading too: then it opens at once, and a reader that has gone is no signal to this process.
        let pipe = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard pipe >= 0 else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
        supply = Task {
            defer { close(pipe) }
            var count = 0
            while !Task.isCancelled {
                // So few bytes go whole or not at all (pipe(7), PIPE_BUF).
                let line = count < lines.count ? Array((lines[count] + "\n").utf8) : []
                if !line.isEmpty, write(pipe, line, line.count) == line.count {
                    count += 1
                } else {
                    try? await Task.sleep(for: .milliseconds(1))
                }
            }
            return count
        }
    }

    deinit { supply.cancel() }

    /// Ends it.
    /// - Returns: how many lines it has given.
    func end() async -> Int {
        supply.cancel()
        return await supply.value
    }
}
