import Foundation
import Glibc
import SluiceTesting
import Testing

/// A run of `sluice-stress` as a process, from its start to its end, with what it wrote.
struct StressRun {
    let status: Int32
    let output: String
    let complaint: String

    /// What it printed with `--json`.
    /// - Throws: when it is no JSON.
    func report() throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
        return try #require(value as? [String: Any])
    }

    /// The last run of the first server.
    func figures() throws -> [String: Any] { try #require(try figuresOfAllServers().first) }

    /// The last run of each server.
    func figuresOfAllServers() throws -> [[String: Any]] {
        try #require(try report()["subjects"] as? [[String: Any]]).map { subject in
            let point = try #require((subject["points"] as? [[String: Any]])?.last)
            return try #require((point["runs"] as? [[String: Any]])?.last)
        }
    }

    /// Runs it to its end, off the cooperative threads.
    /// - Parameters:
    ///   - descriptors: how many it and its children may open unless they ask for more; nil: as many as the tests.
    ///   - environment: variables beside those of the tests.
    static func ended(
        _ arguments: [String], descriptors: Int? = nil, environment: [String: String] = [:]
    ) async throws -> StressRun {
        let limit = descriptors.map { "ulimit -S -n \($0) && " } ?? ""
        let command = ["-c", "\(limit)exec \"$0\" \"$@\"", program.path] + arguments
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try run(command, environment) }) }
        }
    }

    private static func run(_ command: [String], _ environment: [String: String]) throws -> StressRun {
        let process = Process()
        let folder = TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = command
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let files = try ["out", "err"].map { name in
            let path = "\(folder.path)/\(name)"
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            return try #require(FileHandle(forUpdatingAtPath: path))
        }
        process.standardOutput = files[0]
        process.standardError = files[1]
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) -> String {
            String(decoding: FileManager.default.contents(atPath: "\(folder.path)/\(name)") ?? Data(), as: UTF8.self)
        }
        return StressRun(status: process.terminationStatus, output: text("out"), complaint: text("err"))
    }

    /// `sluice-stress`, beside the tests' own program.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("sluice-stress")
}
