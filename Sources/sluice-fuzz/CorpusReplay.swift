import ArgumentParser
import Foundation

/// Gives every input that was ever kept to its subject again. A subject that is wrong ends the process, after the input's name.
struct CorpusReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice-fuzz",
        abstract: "Runs the kept inputs of the fuzzer, each against what it once explored.",
        discussion: """
            EXAMPLE
              sluice-fuzz fuzz/corpus

            'make fuzz' builds the same program with libFuzzer and goes on from there.
            """)

    @Argument(help: "The folder of inputs.")
    var corpus = "fuzz/corpus"

    func run() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: corpus).sorted()
        guard !names.isEmpty else { throw ValidationError("\(corpus) holds no inputs") }
        for name in names {
            // Unbuffered, so that the last name is the one that ended the process.
            FileHandle.standardError.write(Data("\(name)\n".utf8))
            let input = try Data(contentsOf: URL(fileURLWithPath: corpus + "/" + name))
            input.withUnsafeBytes { FuzzSubject.exercise($0) }
        }
        print("\(names.count) passed, 0 failed")
    }
}
