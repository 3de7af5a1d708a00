import CBench
import Glibc

/// Why the program cannot go on: a sentence for a person, empty when a child has said it already, and the exit code for a script.
struct StressFailure: Error {
    /// Exit codes of `sysexits.h`, which Swift does not import as such, and the shell's for an interrupt.
    enum Kind: Int32, Sendable {
        case serverNotThere = 69
        case serverFailed = 70
        case cannotWrite = 73
        case wrongAnswer = 76
        case unsuitableFolder = 78
        case interrupted = 130
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// What a C call left in `failure`.
    init(_ kind: Kind, _ failure: bench_failure) {
        let message = withUnsafeBytes(of: failure.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        self.init(bench_interrupted() ? .interrupted : kind, message)
    }

    /// A wrong answer, unless `failure` says that the server failed.
    static func judging(_ failure: bench_failure) -> StressFailure {
        StressFailure(failure.of_server ? .serverFailed : .wrongAnswer, failure)
    }

    /// What the last system call left in `errno`.
    static func systemCall(_ kind: Kind, _ what: String) -> StressFailure {
        StressFailure(kind, "\(what): \(String(cString: strerror(errno)))")
    }

    /// - Throws: `StressFailure` when a signal has asked the program to end.
    static func checkInterrupt() throws {
        if bench_interrupted() { throw StressFailure(.interrupted, "interrupted") }
    }

    /// Runs a command's body; a failure is told on standard error and becomes the exit code.
    static func reporting(_ body: () throws -> Void) -> Int32 {
        do {
            try body()
            return 0
        } catch let failure as StressFailure {
            if !failure.message.isEmpty { StandardError.write("sluice-stress: \(failure.message)\n") }
            return failure.kind.rawValue
        } catch {
            StandardError.write("sluice-stress: \(error)\n")
            return Kind.serverFailed.rawValue
        }
    }
}
