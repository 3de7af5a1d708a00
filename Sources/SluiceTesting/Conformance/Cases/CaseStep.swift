import Glibc
import SluiceBackend
import SluiceProtocol

/// One step of a case: an operation, and what must come of it.
struct CaseStep {
    private let step: RecordValue
    private let subject: ConformanceSubject
    private let repository: ConformanceRepository

    init(_ step: RecordValue, _ subject: ConformanceSubject, _ repository: ConformanceRepository) {
        self.step = step
        self.subject = subject
        self.repository = repository
    }

    /// What came of an operation.
    private enum Outcome {
        case nothing
        case count(Int)
        case record(RecordValue)
        case records([RecordValue])
        case outcomes([Result<RecordValue, SluiceError>])
    }

    /// Runs it.
    /// - Returns: the repository for the next one, which this one may have defined anew.
    /// - Throws: `ConformanceFailure`.
    func run() throws -> ConformanceRepository {
        guard step["define"] == nil else { return try define() }
        try check()
        return repository
    }

    private func check() throws {
        if let value = step["roundTrip"] { return try roundTrip(value) }
        if step["find"] != nil { return try find() }
        if step["sorted"] != nil { return try sorted() }
        if let step = step["eventually"] { return try eventually(CaseStep(step, subject, repository)) }
        let outcome: Outcome
        do { outcome = try perform() } catch let error as SluiceError { return try check(error) }
        try check(outcome)
    }

    /// A key of the step, or what stands there for this engine.
    private func expectation(_ key: String) -> RecordValue? {
        guard let here = step["on"]?[subject.backend.engine] else { return step[key] }
        return here[key]
    }

    private func list(_ key: String) -> [RecordValue] { if case .list(let elements)? = step[key] { elements } else { [] } }

    private func number(_ key: String) -> Int { if case .integer(let number)? = step[key] { Int(number) } else { 0 } }

    private func isTrue(_ key: String) -> Bool { step[key] == true }

    private var order: [String] { list("order").map(\.text) }

    private func perform() throws -> Outcome {
        if let object = step["save"] {
            guard step["where"] == nil else { return .record(try repository.save(object, list("where"))) }
            return .record(try repository.save(object, generated: isTrue("generated")))
        }
        if let object = step["upsert"] { return .record(try repository.upsert(object, generated: isTrue("generated"))) }
        if let object = step["replace"] { return .record(try repository.replace(object)) }
        if step["saveMany"] != nil {
            let generated = step["generated"] == nil ? nil : list("generated").map { $0 == true }
            return .outcomes(try repository.saveMany(list("saveMany"), generated: generated))
        }
        if step["getOne"] != nil { return .record(try repository.getOne(list("getOne"))) }
        if step["getAll"] != nil {
            return .records(try repository.getAll(list("getAll"), order: order, limit: number("limit"), offset: number("offset")))
        }
        if step["walk"] != nil { return .records(try repository.walk(list("walk"), order: order, size: number("pageSize"))) }
        if step["count"] != nil { return .count(try repository.count(list("count"))) }
        if step["deleteAll"] != nil { return .count(try repository.deleteAll(list("deleteAll"), all: isTrue("all"))) }
        if step["deleteOne"] != nil {
            try repository.deleteOne(list("deleteOne"))
            return .nothing
        }
        throw ConformanceFailure("this is no step")
    }

    private func define() throws -> ConformanceRepository {
        var definition = step["define"] ?? [:]
        definition["name"] = .string(repository.defined.definition.name)
        let defined: DefinedRepository
        do { defined = try subject.define(definition) } catch {
            try check(error)
            return repository
        }
        if let expected = expectation("error") { throw ConformanceFailure("expected \(expected), found a definition") }
        return subject.handle(of: defined)
    }

    // MARK: what must come of it

    private func check(_ error: SluiceError) throws {
        guard let expected = expectation("error") else { throw ConformanceFailure("found \(error)") }
        try Self.check(error, expected)
    }

    private static func check(_ error: SluiceError, _ expected: RecordValue) throws {
        try expect(error.code.rawValue, expected["code"]?.text ?? expected.text)
        guard case .map(let details)? = expected["details"] else { return }
        for (name, value) in details {
            switch error.details[name.text] {
            case .string(let text)?: try expect(value, .string(text))
            case .integer(let number)?: try expect(value, .integer(number))
            case nil: throw ConformanceFailure("expected the detail \(name.text) in \(error.details)")
            }
        }
    }

    private func check(_ outcome: Outcome) throws {
        if let expected = expectation("error") { throw ConformanceFailure("expected \(expected), found \(outcome)") }
        switch outcome {
        case .nothing: break
        case .count(let count): if let expected = expectation("gives") { try expect(.integer(Int64(count)), expected) }
        case .record(let record): if let expected = expectation("gives") { try check(record, expected) }
        case .records(let records): try check(records, isOrdered: !order.isEmpty)
        case .outcomes(let outcomes): try check(outcomes)
        }
    }

    private func check(_ outcomes: [Result<RecordValue, SluiceError>]) throws {
        guard case .list(var expected)? = expectation("outcomes") else { return }
        try expect(outcomes.count, expected.count)
        for outcome in outcomes {
            // Which of two objects with one key wins is open.
            let place = isTrue("inAnyOrder") ? expected.firstIndex { (try? check(outcome, $0)) != nil } ?? 0 : 0
            try check(outcome, expected.remove(at: place))
        }
    }

    private func check(_ outcome: Result<RecordValue, SluiceError>, _ expected: RecordValue) throws {
        switch outcome {
        case .success(let record):
            guard let document = expected["document"] else { throw ConformanceFailure("expected \(expected), found \(record)") }
            try check(record, document)
        case .failure(let error):
            guard let expected = expected["error"] else { throw ConformanceFailure("expected \(expected), found \(error)") }
            try Self.check(error, expected)
        }
    }

    private func check(_ records: [RecordValue], isOrdered: Bool) throws {
        if let total = expectation("total") { try expect(.integer(Int64(records.count)), total) }
        if case .list(let names)? = expectation("names") {
            let found = records.map { $0["name"]?.text ?? "" }
            try expect(isOrdered ? found : found.sorted(), isOrdered ? names.map(\.text) : names.map(\.text).sorted())
        }
        if case .list(let expected)? = expectation("gives") {
            try expect(records.count, expected.count)
            if isOrdered { return try zip(records, expected).forEach { try check($0, $1) } }
            for expected in expected {
                try expect(records.contains { matches($0, expected) }, "\(expected) is among \(records)")
            }
        }
    }

    private func check(_ found: RecordValue, _ expected: RecordValue) throws {
        guard !matches(found, expected) else { return }
        throw ConformanceFailure("expected \(expected), found \(found)")
    }

    /// Whether a record is what was expected. Its `id` counts where it is shown.
    private func matches(_ found: RecordValue, _ expected: RecordValue) -> Bool {
        var found = found
        if expected["id"] == nil { found["id"] = nil }
        return found == subject.stored(expected)
    }

    // MARK: several operations in one

    /// The value comes back as it went in: from the create, by id, in a list, nested in lists and maps, from an update and a replace.
    private func roundTrip(_ value: RecordValue) throws {
        var record: RecordValue = ["v": value, "in": ["list": [value, value], "map": ["x": value]]]
        let saved: RecordValue
        do { saved = try repository.save(record) } catch let error as SluiceError { return try check(error) }
        if let expected = expectation("error") { throw ConformanceFailure("expected \(expected), found \(saved)") }
        record["id"] = saved.id
        try check(saved, record)
        let isIt: [RecordValue] = [["id", "eq", saved.id]]
        try check(try repository.getOne(isIt), record)
        try check(try repository.getAll([["id", "in", [saved.id]]])[0], record)
        try check(try repository.save(["u": value], isIt)["u"] ?? .null, value)
        try check(try repository.replace(["id": saved.id, "r": [value]]), ["id": saved.id, "r": [value]])
        try check(try repository.getOne(isIt), ["id": saved.id, "r": [value]])
    }

    /// Reads through a GSI are eventually consistent: the step holds within a minute, and at once where they are not.
    private func eventually(_ step: CaseStep) throws {
        let isConsistent = repository.defined.capabilities.consistentIndexReads
        for _ in 0..<(isConsistent ? 0 : 600) {
            do { return try step.check() } catch { usleep(100_000) }
        }
        try step.check()
    }

    /// What matches is found by getAll, counted by count, and one of it given by getOne.
    private func find() throws {
        let filter = list("find")
        guard let expected = expectation("error") else {
            let records = try repository.getAll(filter)
            try check(records, isOrdered: false)
            try expect(try repository.count(filter), records.count)
            if records.isEmpty { return _ = try expect(error: .notFound) { try repository.getOne(filter) } }
            let one = try repository.getOne(filter)
            return try expect(records.contains(one), "\(one) is among \(records)")
        }
        for body in [
            { _ = try repository.getAll(filter) }, { _ = try repository.count(filter) }, { _ = try repository.getOne(filter) },
        ] {
            do { try body() } catch let error as SluiceError {
                try Self.check(error, expected)
                continue
            }
            throw ConformanceFailure("expected \(expected), found records")
        }
    }

    /// The order and its reverse, whole, by offset and limit, and in pages.
    private func sorted() throws {
        let filter = list("where")
        for isReversed in [false, true] {
            let order = list("sorted").map { isReversed ? Self.reverse($0.text) : $0.text }
            let records = try repository.getAll(filter, order: order)
            try check(isReversed ? records.reversed() : records, isOrdered: true)
            for size in [1, 2, 5] { try expect(try repository.walk(filter, order: order, size: size), records) }
            for (offset, limit) in [(0, 1), (1, 3), (3, 0), (records.count - 1, 5), (records.count, 1)] where offset >= 0 {
                let part = records.dropFirst(offset).prefix(limit == 0 ? .max : limit)
                try expect(try repository.getAll(filter, order: order, limit: limit, offset: offset), Array(part))
            }
        }
    }

    private static func reverse(_ field: String) -> String { field.hasPrefix("-") ? String(field.dropFirst()) : "-" + field }
}
