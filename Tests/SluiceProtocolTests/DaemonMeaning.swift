import SluiceTesting

@testable import SluiceProtocol

/// A daemon's frame as a client reads it, its result too.
enum DaemonMeaning: FrameMeaning {
    case frame(ServerFrame, SluiceProtocol.Operation?)
    case refused(SluiceError)

    init(_ payload: ArraySlice<UInt8>, operation: SluiceProtocol.Operation?) {
        do throws(SluiceError) { self = .frame(try ServerFrame(payload), operation) } catch { self = .refused(error) }
    }

    func difference(from meaning: Vector.Meaning) -> String? {
        let shown = meaning.value
        switch (self, meaning.kind) {
        case (.refused, .refused), (.frame(.unknown, _), .skipped): return nil
        case (.frame(.goingAway(let reason), _), .goingAway): return first(["reason": reason == shown["reason"]?.text])
        case (.frame(.fault(let error), _), .fault): return shown["error"].flatMap { error.difference(from: $0) }
        case (.frame(.welcome(let welcome), _), .welcome): return difference(of: welcome, shown)
        case (.frame(.reply(let reply), let operation), .reply): return difference(of: reply, operation, shown)
        default: return "it is no \(meaning.kind) but \(self)"
        }
    }

    private func difference(of welcome: Welcome, _ shown: WireValue) -> String? {
        let limits = (try? shown["limits"]?.entries) ?? []
        return first([
            "name": welcome.name == shown["name"]?.text,
            "features": welcome.features == Set((try? shown["features"]?.elements.compactMap(\.text)) ?? []),
            "limits": limits.allSatisfy { welcome.limits[$0.key.text ?? ""] == $0.value.integer } && welcome.limits.count == limits.count,
            "backends": shown["backends"] == WireValue { StructuredValue.list(welcome.backends).write(to: &$0) },
        ])
    }

    private func difference(of reply: ServerReply, _ operation: SluiceProtocol.Operation?, _ shown: WireValue) -> String? {
        let envelope = first([
            "id": reply.id == shown["id"]?.integer, "token": reply.token == shown["token"]?.text,
            "more": reply.hasMore == shown["more"]?.boolean ?? false,
        ])
        switch reply.result {
        case .failure(let error): return envelope ?? (shown["error"].map { error.difference(from: $0) } ?? "an error")
        case .success(let bytes):
            guard let result = shown["result"] else { return "a result" }
            guard operation == .saveMany else { return envelope ?? first(["result": WireValue(bytes) == result]) }
            return envelope ?? outcomes(WireValue(bytes), result)
        }
    }

    private func outcomes(_ result: WireValue, _ shown: WireValue) -> String? {
        guard let own = try? result.elements, let expected = try? shown.elements, own.count == expected.count else { return "outcomes" }
        for (outcome, shown) in zip(own, expected) {
            switch (try? SaveOutcome(outcome.bytes))?.result {
            case .success(let document)?: if shown["document"] != WireValue(document.bytes) { return "a document" }
            case .failure(let error)?:
                if let difference = shown["error"].map({ error.difference(from: $0) }) ?? "an error" { return difference }
            case nil: return "no outcome"
            }
        }
        return nil
    }
}
