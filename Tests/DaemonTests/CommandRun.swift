import Foundation
import Glibc
import SluiceTesting

/// A run of `sluice` as a process, from its start to its end. The test that makes it owns what it wrote.
struct CommandRun {
    /// How it ended.
    let ending: ChildProcess.Ending
    /// What it wrote to standard output.
    let output: String
    /// What it wrote to standard error.
    let complaint: String

    /// The lines of the output.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }

    /// A run that has ended.
    /// - Parameters:
    ///   - arguments: what follows `sluice`.
    ///   - input: standard input.
    static func ended(_ arguments: [String], on daemon: DaemonProcess, input: String = "") async throws -> CommandRun {
        let name = UUID().uuidString
        let inputPath = try daemon.folder.write(input, to: "\(name).in")
        let outputPath = try daemon.folder.write("", to: "\(name).out")
        let descriptors = [open(inputPath, O_RDONLY | O_CLOEXEC), open(outputPath, O_WRONLY | O_CLOEXEC)]
        let process = try started(
            arguments, on: daemon, complaints: daemon.folder + "/\(name).err", descriptors: [0: descriptors[0], 1: descriptors[1]])
        for descriptor in descriptors { close(descriptor) }
        let ending = try await process.end()
        let output = String(decoding: FileManager.default.contents(atPath: outputPath) ?? Data(), as: UTF8.self)
        return CommandRun(ending: ending, output: output, complaint: process.written)
    }

    /// A run under way.
    /// - Parameters:
    ///   - complaints: the file for standard error, and for standard output unless `descriptors` has it.
    ///   - descriptors: its numbers, and this process's.
    static func started(
        _ arguments: [String], on daemon: DaemonProcess, environment: [String: String] = [:], complaints: String,
        descriptors: KeyValuePairs<Int32, Int32> = [:]
    ) throws -> ChildProcess {
        try ChildProcess(
            [try ChildProcess.product("sluice")] + arguments, environment: environment.merging(["SLUICE_SOCKET": daemon.socket]) { $1 },
            output: complaints, descriptors: descriptors)
    }
}
