import ArgumentParser
import FoundationEssentials
import Glibc
import SluiceClient

/// One Swift process of `make demo`: a line of its standard input names a phase, a line of JSON answers how it went.
@main
struct DemoWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice-demo-worker",
        abstract: "One Swift process of 'make demo'; demo/demo.py starts it.",
        discussion: """
            It does its share of the plan (demo/plan.py) and holds every answer against the source files. Tell it the phases, one a line:

              printf 'connect\\nload\\n' | sluice-demo-worker --socket PATH --process 0 --processes 1 --source /usr/share/iso-codes/json
            """)

    @Option(help: ArgumentHelp("The daemon's socket.", valueName: "path"))
    var socket: String

    @Option(help: "The number of this process, from 0.")
    var process: Int

    @Option(help: "How many processes there are.")
    var processes: Int

    @Option(help: ArgumentHelp("The JSON files of iso-codes.", valueName: "folder"))
    var source: String

    @Option(help: "Take only each so manieth record of the source.")
    var every = 1

    func validate() throws {
        guard processes > 0, (0..<processes).contains(process) else { throw ValidationError("--process is from 0 to --processes less 1.") }
        guard every > 0 else { throw ValidationError("--every is at least 1.") }
    }

    func run() async throws {
        // Ctrl-C reaches the whole group; the orchestrator, which it is meant for, ends its workers.
        signal(SIGINT, SIG_IGN)
        let share = Share(source: try IsoCodes(folder: source, every: every), process: process, processes: processes)
        let worker = DemoWorker(share: share, socket: socket)
        while let phase = readLine() {
            let report = try JSONEncoder().encode(await worker.perform(phase))
            print(String(decoding: report, as: UTF8.self))
            fflush(nil)
        }
    }
}
