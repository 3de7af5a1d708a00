import SluiceTesting

@testable import SluiceProtocol

/// A frame written by Sluice's encoders from what a vector says that it means.
struct FrameWriting {
    private let kind: Vector.Meaning.Kind
    private let shown: WireValue
    private let operation: SluiceProtocol.Operation?

    init(_ meaning: Vector.Meaning, _ operation: SluiceProtocol.Operation?) {
        kind = meaning.kind
        shown = meaning.value
        self.operation = operation
    }

    /// What no encoder of Sluice writes.
    struct Unwritable: Error {
        let kind: Vector.Meaning.Kind
    }

    func write(to writer: inout MessagePackWriter) throws {
        switch kind {
        case .hello: try writeHello(to: &writer)
        case .request: try writeRequest(to: &writer)
        case .cancel: RequestEncoder.cancel(id: shown["id"]!.integer!, to: &writer)
        case .welcome:
            ReplyEncoder.welcome(
                name: shown["name"]!.text!, features: try shown["features"]!.elements.map { $0.text! },
                limits: try shown["limits"]!.structured,
                backends: try shown["backends"]!.structured, to: &writer)
        case .reply: try writeReply(to: &writer)
        case .goingAway: ReplyEncoder.goingAway(reason: shown["reason"]!.text!, to: &writer)
        case .fault: ReplyEncoder.fault(try shown["error"]!.error, to: &writer)
        case .document, .invalid, .skipped, .refused, .incomplete: throw Unwritable(kind: kind)
        }
    }

    /// Stubs always say both, but a bare hello is a hello too.
    private func writeHello(to writer: inout MessagePackWriter) throws {
        guard let name = shown["name"]?.text, let features = try shown["features"]?.elements.map({ $0.text! }) else {
            let entries = try shown.entries
            return ReplyEncoder.frame(&writer) { writer in
                writer.mapHead(1 + entries.count)
                writer.integer(0)
                writer.integer(FrameKind.hello.rawValue)
                for entry in entries {
                    writer.integer(entry.key.text == "name" ? 2 : 3)
                    writer.raw(entry.value.bytes)
                }
            }
        }
        RequestEncoder.hello(name: name, features: features, to: &writer)
    }

    private func writeRequest(to writer: inout MessagePackWriter) throws {
        let operation = SluiceProtocol.Operation.allCases.first { $0.name == shown["operation"]?.text }!
        RequestEncoder.request(
            id: shown["id"]!.integer!, operation: operation, repository: shown["repository"]?.text,
            arguments: try shown["arguments"].map { try arguments($0) },
            deadlineMilliseconds: shown["deadline"]?.integer, attempt: shown["attempt"]?.integer ?? 1, to: &writer)
    }

    private func arguments(_ shown: WireValue) throws -> [UInt8] {
        var encoder = ArgumentsEncoder()
        for (key, value) in try shown.entries {
            switch key.text! {
            case "filter": try value.withReader { try encoder.filter(Filter(&$0, storage: value.bytes)) }
            case "object": encoder.object(Document(trusted: value.bytes))
            case "objects": encoder.objects(try value.elements.map { Document(trusted: $0.bytes) })
            case "order": try value.withReader { try encoder.order([SortField](&$0)) }
            case "limit": encoder.limit(Int(value.integer!))
            case "offset": encoder.offset(Int(value.integer!))
            case "token": encoder.token(value.text!)
            case "all": encoder.all(value.boolean!)
            case "generated":
                if let flag = value.boolean { encoder.generated(flag) } else { encoder.generated(try value.elements.map { $0.boolean! }) }
            case "pageSize": encoder.pageSize(Int(value.integer!))
            case "definition": encoder.definition(try value.structured)
            default: throw Unwritable(kind: kind)
            }
        }
        return encoder.bytes
    }

    private func writeReply(to writer: inout MessagePackWriter) throws {
        let id = shown["id"]!.integer!
        if let error = try shown["error"]?.error { return ReplyEncoder.error(id: id, error, to: &writer) }
        let result = try wireResult
        switch try result.item {
        case .null: ReplyEncoder.null(id: id, to: &writer)
        case .integer(let value): ReplyEncoder.integer(id: id, Int(value), to: &writer)
        case .list:
            let elements = try result.elements
            ReplyEncoder.list(
                id: id, count: elements.count, elements: elements.flatMap(\.bytes), token: shown["token"]?.text,
                hasMore: shown["more"]?.boolean ?? false,
                to: &writer)
        default: ReplyEncoder.value(id: id, result.bytes, to: &writer)
        }
    }

    private var wireResult: WireValue {
        get throws {
            let result = shown["result"]!
            guard operation == .saveMany else { return result }
            let outcomes = try result.elements.map { outcome in (document: outcome["document"], error: try outcome["error"]?.error) }
            return WireValue { writer in
                writer.listHead(outcomes.count)
                for outcome in outcomes {
                    writer.mapHead(1)
                    writer.integer(outcome.document == nil ? 2 : 1)
                    if let document = outcome.document { writer.raw(document.bytes) } else { outcome.error!.write(to: &writer) }
                }
            }
        }
    }
}

extension WireValue {
    fileprivate func withReader(_ body: (inout MessagePackReader) throws -> Void) throws {
        try bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            try body(&reader)
        }
    }

    fileprivate var structured: StructuredValue {
        get throws {
            try bytes.withUnsafeBytes { buffer in
                var reader = MessagePackReader(buffer)
                return try StructuredValue(&reader)
            }
        }
    }

    /// The error that a vector shows.
    fileprivate var error: SluiceError {
        get throws {
            var details: [String: SluiceError.Detail] = [:]
            for (key, value) in try self["details"]!.entries {
                details[key.text!] = value.text.map { .string($0) } ?? .integer(value.integer!)
            }
            return SluiceError(
                ErrorCode(rawValue: self["code"]!.text!)!, self["message"]!.text!, isRetryable: self["retryable"]!.boolean!,
                isOutcomeKnown: self["outcomeKnown"]!.boolean!, details: details)
        }
    }
}
