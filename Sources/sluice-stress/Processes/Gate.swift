import CBench
import Glibc

/// A child's side of its two pipes: it says that it is ready, waits for its start, and hands back what it measured. So all processes of a
/// run start together, and connecting is never part of what is measured.
enum Gate {
    /// Says "ready" and blocks until the parent says "go".
    /// - Throws: `StressFailure` when the parent closes the pipe instead.
    static func passThrough() throws {
        var byte = UInt8(ascii: "R")
        guard write(STDOUT_FILENO, &byte, 1) == 1, read(STDIN_FILENO, &byte, 1) == 1 else {
            throw StressFailure(.interrupted, "the run was given up before it began")
        }
    }

    /// Says "ready" and blocks until the parent closes the pipe.
    static func holdOpen() {
        var byte = UInt8(ascii: "R")
        guard write(STDOUT_FILENO, &byte, 1) == 1 else { return }
        while read(STDIN_FILENO, &byte, 1) == 1 {}
    }

    /// Hands the result's bytes to the parent, which runs this same program.
    static func hand(over result: UnsafePointer<bench_result>) throws {
        let bytes = UnsafeRawBufferPointer(start: result, count: MemoryLayout<bench_result>.size)
        var sent = 0
        while sent < bytes.count {
            let count = write(STDOUT_FILENO, bytes.baseAddress! + sent, bytes.count - sent)
            guard count > 0 else { throw StressFailure.systemCall(.serverFailed, "handing over the result") }
            sent += count
        }
    }
}
