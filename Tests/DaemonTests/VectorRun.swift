import SluiceProtocol
import SluiceTesting

/// Sends one vector to a daemon over a connection of its own, as `protocol/vectors/README.md` says, and judges what comes back. A value of
/// the test.
struct VectorRun {
    /// How the bytes are sent.
    enum Sending {
        /// With one write, as the answers suppose.
        case whole
        /// A write for each byte: for single frames, whose answers do not depend on it.
        case bytewise
    }

    private let vector: Vector
    private let bytes: [UInt8]
    private let meanings: [Vector.Meaning]
    private let answers: [WireValue]
    private let client: RawClient
    private(set) var problems: [String] = []
    /// Final results and errors by the request's id.
    private var finals: [Int64: ServerReply] = [:]
    private var parts: [Int64: [ArraySlice<UInt8>]] = [:]
    private var welcomes: [WireValue] = []
    private var faults: [SluiceError] = []

    /// An id that no vector uses.
    private static let probe: Int64 = 1_000_000

    /// Connects, and sends what goes before.
    init(_ vector: Vector, _ socket: String, named: [String: Vector]) throws {
        self.vector = vector
        client = try RawClient(socket)
        if vector.direction == .either {
            // {0: 3, 1: 9, 2: save, 3: "values", 4: {2: document}}
            bytes = RawClient.frame([0x85, 0, 3, 1, 9, 2, 18, 3, 0xa6] + Array("values".utf8) + [4, 0x81, 2] + vector.bytes)
            (meanings, answers) = ([], [])
        } else {
            (bytes, meanings, answers) = (vector.bytes, vector.meanings, vector.answers)
        }
        for name in vector.after ?? (vector.direction == .either ? ["handshake/hello", "setup/define-values"] : ["handshake/hello"]) {
            guard let before = named[name] else { throw Failure("\(vector) comes after \(name), which is none") }
            client.send(before.bytes)
            guard try client.receive() != nil else { throw Failure("\(name) before \(vector) was not answered") }
        }
    }

    /// Sends it, and answers what is wrong with what came back.
    mutating func problems(_ sending: Sending = .whole) throws -> [String] {
        switch sending {
        case .whole: client.send(bytes)
        case .bytewise: for byte in bytes { client.send([byte]) }
        }
        let isRefused = meanings.last?.kind == .refused
        if vector.isHalfClosed || meanings.last?.kind == .incomplete {
            client.shutDownWriting()
            try receive { _ in false }
        } else if isRefused {
            try receive { _ in false }
        } else {
            client.send(RawClient.frame([0x83, 0, 3, 1, 0xce, 0, 0x0f, 0x42, 0x40, 2, 1]))
            let wanted = awaitedIds
            try receive { finals in wanted.allSatisfy { finals[$0] != nil } }
            if finals.removeValue(forKey: Self.probe) == nil { problems.append("the connection did not live on") }
        }
        judge(isRefused: isRefused)
        return problems
    }

    /// The requests that are to be answered, and the ping behind them.
    private var awaitedIds: [Int64] {
        let requests = vector.direction == .either ? [9] : answers.compactMap { $0["id"]?.integer }
        return requests + meanings.filter { $0.kind == .invalid }.compactMap { $0.value["id"]?.integer } + [Self.probe]
    }

    /// Reads until all is there or the daemon closes.
    private mutating func receive(until isEnough: ([Int64: ServerReply]) -> Bool) throws {
        while !isEnough(finals) {
            guard let payload = try client.receive() else { return }
            switch try ServerFrame(payload[...]) {
            case .welcome: welcomes.append(WireValue(payload[...]))
            case .fault(let error): faults.append(error)
            case .reply(let reply):
                if reply.hasMore, case .success(let part) = reply.result {
                    parts[reply.id, default: []].append(part)
                } else if finals.updateValue(reply, forKey: reply.id) != nil {
                    problems.append("the request \(reply.id) was answered twice")
                }
            case .goingAway, .unknown: problems.append("a frame that nobody expects")
            }
        }
    }

    // MARK: judging

    private mutating func judge(isRefused: Bool) {
        if vector.direction == .either { judgeDocument(vector.meanings[0]) }
        for meaning in meanings where meaning.kind == .invalid { judgeInvalid(meaning.value) }
        for answer in answers {
            if let shown = answer["welcome"] { judgeWelcome(shown) } else { judge(answer) }
        }
        if let refused = meanings.last, isRefused {
            if faults.count != 1 { problems.append("\(faults.count) faults") }
            for fault in faults { note(fault.difference(from: refused.value)) }
            faults = []
        }
        if !faults.isEmpty || !finals.isEmpty || !welcomes.isEmpty { problems.append("unexpected: \(faults) \(finals) \(welcomes)") }
    }

    private mutating func note(_ difference: String?) { if let difference { problems.append(difference) } }

    private mutating func judgeDocument(_ meaning: Vector.Meaning) {
        guard meaning.kind == .document else { return judgeInvalid(WireValue(meaning.value.bytes), id: 9) }
        guard case .success(let bytes)? = finals.removeValue(forKey: 9)?.result else { return problems.append("it was not saved") }
        var fields = WireValue { $0.mapHead(0) }
        if let entries = try? WireValue(bytes).entries.filter({ $0.key.text != "id" }) {
            fields = WireValue { writer in
                writer.mapHead(entries.count)
                for entry in entries {
                    writer.raw(entry.key.bytes)
                    writer.raw(entry.value.bytes)
                }
            }
        }
        if fields != meaning.value { problems.append("it came back as \(fields)") }
        if WireValue(bytes)["id"]?.text?.count != 24 { problems.append("it has no id") }
    }

    private mutating func judgeInvalid(_ shown: WireValue, id: Int64? = nil) {
        guard let id = id ?? shown["id"]?.integer, case .failure(let error)? = finals.removeValue(forKey: id)?.result else {
            return problems.append("no error came")
        }
        note(error.difference(from: shown))
        if (error.reason == "malformed") != (shown["reason"]?.text == "malformed") {
            problems.append("\(error) has the reason \(error.reason ?? "-")")
        }
    }

    private mutating func judgeWelcome(_ shown: WireValue) {
        guard let welcome = welcomes.popLast() else { return problems.append("no welcome came") }
        let keys: [String: Int64] = ["name": 2, "features": 3, "limits": 4, "backends": 5]
        for (key, value) in (try? shown.entries) ?? [] {
            guard let number = keys[key.text ?? ""], let own = welcome[number], (try? own.contains(value)) == true else {
                problems.append("the welcome lacks \(key): \(value)")
                continue
            }
        }
    }

    private mutating func judge(_ answer: WireValue) {
        guard let id = answer["id"]?.integer, let reply = finals.removeValue(forKey: id) else {
            return problems.append("no answer: \(answer)")
        }
        if answer["token"]?.boolean == true, reply.token == nil { problems.append("no token") }
        let forms = (try? answer["oneOf"]?.elements) ?? [answer]
        let differences = forms.map { difference(of: reply, from: $0) }
        if !differences.contains(nil) { note(differences.compactMap { $0 }.joined(separator: "; or ")) }
    }

    private func difference(of reply: ServerReply, from form: WireValue) -> String? {
        switch reply.result {
        case .failure(let error):
            guard let shown = form["error"] else { return "\(error), not \(form)" }
            return error.difference(from: shown)
        case .success(let bytes):
            let result = whole(bytes, reply.id)
            if let shown = form["resultContains"] {
                return (try? result.contains(shown)) == true ? nil : "\(result) does not hold \(shown)"
            }
            guard let shown = form["result"] else { return "\(result), not \(form)" }
            return isSaveMany(reply.id) ? outcomes(result, shown) : result == shown ? nil : "\(result), not \(shown)"
        }
    }

    /// All parts put together.
    private func whole(_ last: ArraySlice<UInt8>, _ id: Int64) -> WireValue {
        guard let earlier = parts[id] else { return WireValue(last) }
        let elements = (earlier + [last]).flatMap { (try? WireValue($0).elements) ?? [] }
        return WireValue { writer in
            writer.listHead(elements.count)
            for element in elements { writer.raw(element.bytes) }
        }
    }

    private func isSaveMany(_ id: Int64) -> Bool {
        meanings.contains { $0.kind == .request && $0.value["id"]?.integer == id && $0.value["operation"]?.text == "saveMany" }
    }

    private func outcomes(_ result: WireValue, _ shown: WireValue) -> String? {
        guard let own = try? result.elements, let expected = try? shown.elements, own.count == expected.count else {
            return "outcomes \(result)"
        }
        for (outcome, shown) in zip(own, expected) {
            switch (try? SaveOutcome(outcome.bytes))?.result {
            case .success(let document)?: if shown["document"] != WireValue(document.bytes) { return "\(outcome), not \(shown)" }
            case .failure(let error)?:
                if let difference = shown["error"].map({ error.difference(from: $0) }) ?? "\(error)" { return difference }
            case nil: return "no outcome: \(outcome)"
            }
        }
        return nil
    }
}
