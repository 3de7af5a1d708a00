import CBench
import Glibc

/// A process that the harness started: it dies with the harness, and whoever made it ends it.
final class ChildProcess {
    let identifier: pid_t
    private let input: Int32
    private let output: Int32
    private var exitStatus: Int32?
    private var processorInAll: UInt64 = 0
    private var processorAtStart: UInt64 = 0

    /// Starts this program again, with a subcommand. It is talked to over two pipes: see `Gate`.
    convenience init(subcommand arguments: [String], processors: UInt64 = 0) throws {
        let toChild = try Self.makePipe()
        let fromChild = try Self.makePipe()
        defer {
            close(toChild.read)
            close(fromChild.write)
        }
        try self.init(
            ["/proc/self/exe"] + arguments, descriptors: [toChild.read, fromChild.write, -1], processors: processors,
            input: toChild.write, output: fromChild.read)
    }

    /// Starts this program again for one share of a load, of which it reads first: a peer's URL may hold a password, which a process list
    /// would show.
    convenience init(load: Load, processors: UInt64 = 0) throws {
        try self.init(subcommand: ["generate"], processors: processors)
        let line = Array("\(try load.json())\n".utf8)
        guard write(input, line, line.count) == line.count else { throw StressFailure.systemCall(.serverFailed, "handing over a load") }
    }

    /// Starts another program, its output going to a file.
    convenience init(program: String, _ arguments: [String], log: String, processors: UInt64 = 0) throws {
        let file = Glibc.open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StressFailure.systemCall(.cannotWrite, log) }
        defer { close(file) }
        try self.init([program] + arguments, descriptors: [-1, file, file], processors: processors, input: -1, output: -1)
    }

    private init(_ arguments: [String], descriptors: [Int32], processors: UInt64, input: Int32, output: Int32) throws {
        self.input = input
        self.output = output
        var failure = bench_failure()
        var words = arguments.map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        identifier = bench_spawn(words, descriptors, processors, &failure)
        guard identifier > 0 else { throw StressFailure(.serverFailed, failure) }
    }

    deinit {
        if exitStatus == nil { end(signal: SIGKILL, withinSeconds: 5) }
        if input >= 0 { close(input) }
        if output >= 0 { close(output) }
    }

    private static func makePipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw StressFailure.systemCall(.serverFailed, "pipe") }
        ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Waits until the child says that it is ready.
    /// - Throws: `StressFailure` when it ends instead; it has said why on standard error.
    func waitUntilReady() throws {
        var byte: UInt8 = 0
        try withUnsafeMutableBytes(of: &byte) { try read(into: $0) }
    }

    /// Lets the child begin.
    func letBegin() {
        processorAtStart = bench_process_time(identifier)
        var byte = UInt8(ascii: "G")
        _ = write(input, &byte, 1)
    }

    /// Processor time from when it began to its end, nanoseconds.
    /// - Precondition: it has ended.
    var processorNanoseconds: UInt64 { max(processorInAll, processorAtStart) - processorAtStart }

    /// Fills the buffer with what the child writes.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < buffer.count {
            let count = Glibc.read(output, buffer.baseAddress! + filled, buffer.count - filled)
            try StressFailure.checkInterrupt()
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failureOfEndedChild() }
            filled += count
        }
    }

    private func failureOfEndedChild() -> StressFailure {
        let status = end(signal: SIGTERM, withinSeconds: 5)
        if let kind = StressFailure.Kind(rawValue: status) { return StressFailure(kind, "") }
        return StressFailure(.serverFailed, "a process of the run ended with exit code \(status)")
    }

    /// Whether the process still runs.
    var isRunning: Bool {
        if exitStatus == nil { reap(WNOHANG) }
        return exitStatus == nil
    }

    /// Sends a signal to the process and those that it started; it is a group of its own.
    func send(_ signal: Int32) { if isRunning { kill(-identifier, signal) } }

    /// Asks the process to end, and makes it when it does not.
    /// - Returns: its exit code; 128 and the signal's number when a signal ended it, as a shell has it.
    @discardableResult
    func end(signal: Int32 = SIGTERM, withinSeconds seconds: Int) -> Int32 {
        if isRunning { kill(identifier, signal) }
        for _ in 0..<(seconds * 100) where isRunning { usleep(10_000) }
        if isRunning {
            kill(identifier, SIGKILL)
            while exitStatus == nil { reap(0) }
        }
        return exitStatus ?? 0
    }

    private func reap(_ options: Int32) {
        var status: Int32 = 0
        switch bench_reap(identifier, options, &status, &processorInAll) {
        case 1: exitStatus = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        case -1: exitStatus = 0
        default: break
        }
    }
}
