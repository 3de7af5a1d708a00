import Foundation
import Glibc
import SluiceClient
import SluiceTesting

/// A daemon on an empty store of its own. Ends with its last reference.
final class LiveDaemon {
    let folder: TemporaryFolder
    let socket: String
    private let process = Process()

    /// Starts it and waits until it answers.
    /// - Parameter configuration: what its file says; nil: none.
    init(configuration: String? = nil) async throws {
        folder = TemporaryFolder()
        socket = folder.path + "/sluiced.sock"
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("sluiced")
        process.arguments = ["--socket", socket, "--data", folder.path + "/data"]
        if let configuration {
            try configuration.write(toFile: folder.path + "/sluiced.json", atomically: true, encoding: .utf8)
            process.arguments! += ["--config", folder.path + "/sluiced.json"]
        }
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<600 {
            if let client = try? await SluiceClient.connect(path: socket) {
                client.close()
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw POSIXError(.ECONNREFUSED)
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
