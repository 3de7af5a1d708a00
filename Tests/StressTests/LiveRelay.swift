import Foundation
import Glibc
import SluiceTesting

/// `sluice-stress relay` before a server. Ends with its last reference.
final class LiveRelay {
    let port: UInt16
    private let process = Process()

    /// Starts it and waits until it listens.
    /// - Parameter descriptors: how many it may open, whatever it asks for; nil: as many as the tests.
    init(before server: UInt16, milliseconds: Int, descriptors: Int? = nil) async throws {
        port = try LoopbackSocket.freePort()
        let limit = descriptors.map { "ulimit -n \($0) && " } ?? ""
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "\(limit)exec \"$0\" \"$@\"", StressRun.program.path, "relay", "--port", "\(port)", "--server", "\(server)",
            "--delay-microseconds", "\(milliseconds * 1_000)",
        ]
        try process.run()
        for _ in 0..<600 {
            if LoopbackSocket.answers(port: port, to: []) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw POSIXError(.ECONNREFUSED)
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
