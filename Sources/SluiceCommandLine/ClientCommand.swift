import ArgumentParser
import Glibc
import SluiceClient

/// A command that talks to the daemon. It only says what to do; connecting, complaining and exit codes are the same for all.
protocol ClientCommand: AsyncParsableCommand {
    /// The options that all commands share.
    var shared: SharedOptions { get }

    /// Does it.
    /// - Throws: `SluiceError`, `Output.Failure`, `ExitCode` for what has been told already, or a usage error.
    func perform(_ client: SluiceClient, _ output: Output) async throws
}

extension ClientCommand {
    /// Connects, does it, and says what went wrong.
    func run() async throws {
        do {
            let output = Output()
            do { try await perform(try await shared.connect(), output) } catch {
                // What was answered before stands before the complaint.
                try output.flush()
                throw error
            }
            try output.flush()
        } catch let error as SluiceError {
            let complaint = Complaint(error: error)
            complaint.report(asJSON: shared.json)
            throw ExitCode(complaint.exitCode)
        } catch let error as Output.Failure {
            StandardError.note("the output cannot be written: \(String(cString: strerror(error.code)))")
            throw ExitCode(EX_IOERR)
        } catch let error as TypingFault {
            throw ValidationError(error.description)
        }
    }
}
