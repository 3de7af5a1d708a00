import ArgumentParser
import CBench
import FoundationEssentials

/// One workload, on Sluice or on a server without it: loads, checks, measures, reports.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a workload that changes records, checks every reply and every record, and reports.",
        discussion: """
            The workloads (a to f are those of YCSB, https://github.com/brianfrankcooper/YCSB/wiki/Core-Workloads):

            \(Scenario.allCases.map { "  \(column($0.rawValue))\($0.abstract)" }.joined(separator: "\n"))

            Each value follows from its record, field and version, and each process knows which versions the others have sent and which \
            were acknowledged: a reply that shows one that was overwritten, or that nobody wrote, ends the run with exit code 76. At the \
            end all records are read back: none that was acknowledged may be missing, none may be there that nobody made.

              sluice-stress run a --engine sqlite
              sluice-stress run c --target /run/sluice/sluice.sock --clients 1,10,50,200 --html c.html
              sluice-stress run b --engine mongodb --clients 200 --direct      the ratio to MongoDB's own driver
              sluice-stress run b --engine sqlite --rate 5000 --save before    an open loop; 'compare before after' later
              sluice-stress run a --engine mongodb --chaos kill-daemon,pause-backend --seconds 60 --deadline 2000
              sluice-stress run f --target postgresql:///test                  a server without Sluice
            """
    )

    @Argument(help: "The workload: \(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).")
    var workload: Scenario

    @OptionGroup var options: RunOptions

    func validate() throws {
        let isStorm = workload == .storm
        guard !isStorm || options.rate == 0 else { throw ValidationError("storm knows no --rate: its clients come as fast as they can.") }
        guard isStorm || workload.mix.scans > 0, options.direct || bench_is_peer(options.target ?? "") else { return }
        let reason = isStorm ? "it is about Sluice's own handshake" : "no peer knows its scans"
        throw ValidationError("\(workload.rawValue) runs on Sluice only, without --direct and not on another server: \(reason).")
    }

    func run() throws {
        bench_catch_interrupts()
        throw ExitCode(StressFailure.reporting(measure))
    }

    private static func column(_ name: String) -> String { name + String(repeating: " ", count: max(1, 14 - name.count)) }

    private func measure() throws {
        let progress = ProgressLine()
        defer { progress.clear() }
        let folder = try options.engine.map { _ in try WorkFolder(in: options.rig.directory) }
        let rig = try folder.flatMap { folder in try options.engine.map { try Rig($0, try options.programs(), in: folder) } }
        let subjects = try subjects(rig, progress)
        var report = RunReport(
            workload: workload.rawValue, abstract: workload.abstract, seconds: options.seconds, rate: options.rate,
            records: options.records ?? workload.records, mix: options.mix(workload), isOptimised: BenchCommand.isOptimised)
        report.settings = options.settings
        report.subjects = subjects.map { RunReport.Subject(name: $0.name, points: []) }
        for clients in options.counts(workload) {
            var runs = subjects.map { _ in [RunFigures]() }
            // Alternating, so that whatever else the machine does falls on all alike.
            for run in 1...options.runs {
                for (index, subject) in subjects.enumerated() { runs[index].append(try subject.measure(clients: clients, run: run)) }
            }
            for index in subjects.indices {
                report.subjects[index].points.append(
                    RunReport.Point(
                        clients: clients, processes: min(options.processes ?? workload.processes, clients),
                        depth: options.depth ?? workload.depth, runs: runs[index]))
            }
        }
        for index in subjects.indices {
            report.subjects[index].verifiedRecords = try subjects[index].verify()
            report.subjects[index].blurred = subjects[index].blurred
        }
        progress.clear()
        try tell(report)
    }

    private func subjects(_ rig: Rig?, _ progress: ProgressLine) throws -> [RunSubject] {
        let place = options.target ?? rig?.socket ?? ""
        let name = rig.map { "sluiced on \($0.engine.rawValue)" } ?? (bench_is_peer(place) ? Self.kind(of: place) : "sluiced")
        var subjects = [try RunSubject(name, at: place, workload, options, rig: rig, progress: progress)]
        if options.direct, let rig {
            let name = "\(rig.engine.rawValue) directly"
            subjects.append(try RunSubject(name, at: rig.directPlace, workload, options, rig: nil, progress: progress))
        }
        return subjects
    }

    /// What stands before the colon: the rest may hold a password.
    private static func kind(of place: String) -> String { String(place.prefix { $0 != ":" }) + " directly" }

    private func tell(_ report: RunReport) throws {
        print(options.json ? try report.readableJSON() : report.text())
        if let save = options.save { try write(try report.readableJSON(), to: save) }
        if let html = options.html { try write(RunPage(report).html, to: html) }
    }

    private func write(_ text: String, to file: String) throws {
        guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8)) else {
            throw StressFailure(.cannotWrite, "\(file) cannot be written")
        }
    }
}
