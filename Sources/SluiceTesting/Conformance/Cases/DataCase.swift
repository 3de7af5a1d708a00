import Glibc
import SluiceBackend
import SluiceProtocol

/// A case that stands as data: a repository, records in it, and steps that say what comes of each.
struct DataCase: Sendable {
    private let name: String
    private let definition: RecordValue
    private let records: [RecordValue]
    /// The steps, once for each thing that a placeholder stands for.
    private let rounds: [[RecordValue]]
    private let need: ConformanceCase.Need?

    /// - Throws: `ConformanceData.Malformed`.
    init(_ value: RecordValue, fixtures: RecordValue) throws {
        guard case .string(let name)? = value["case"], let steps = Self.steps(value) else {
            throw ConformanceData.Malformed(what: "\(value)")
        }
        self.name = name
        definition = value["define"] ?? [:]
        switch value["records"] {
        case nil: records = []
        case .list(let list)?: records = list
        case .string(let fixture)?:
            guard case .list(let list)? = fixtures[fixture] else {
                throw ConformanceData.Malformed(what: "\(name): the fixture \(fixture)")
            }
            records = list
        default: throw ConformanceData.Malformed(what: "\(name): its records")
        }
        if case .map(let each)? = value["each"], let (placeholder, replacements) = each.first, case .list(let list) = replacements {
            rounds = list.map { replacement in steps.map { $0.replacing(placeholder.text, with: replacement.text) } }
        } else {
            rounds = [steps]
        }
        need =
            if case .string(let capability)? = value["needs"] {
                .init(capability, isThere: true)
            } else if case .string(let capability)? =
                value["lacks"]
            { .init(capability, isThere: false) } else { nil }
    }

    /// The case as a test.
    var conformanceCase: ConformanceCase {
        ConformanceCase(name, need: need) { subject in
            var repository = try subject.repository(definition)
            if !records.isEmpty { try repository.fill(records.map { $0.expanded(now: now) }) }
            for step in rounds.joined() {
                do {
                    repository = try CaseStep(step.expanded(now: now), subject, repository).run()
                } catch { throw ConformanceFailure("\(error), in \(step)") }
            }
        }
    }

    private var now: Int64 { Timestamp.now.milliseconds / 1000 }

    private static func steps(_ value: RecordValue) -> [RecordValue]? {
        if case .list(let steps)? = value["steps"] { return steps }
        guard case .list(let values)? = value["values"] else { return nil }
        return values.map { ["roundTrip": $0] }
    }
}
