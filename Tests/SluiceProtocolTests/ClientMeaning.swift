import SluiceTesting

@testable import SluiceProtocol

/// A client's frame as the daemon reads it, its arguments too.
enum ClientMeaning: FrameMeaning {
    case hello(ClientHello)
    case request(RequestEnvelope, repository: String?, RequestArguments, WireValue?)
    case cancel(Int64)
    case invalid(Int64, SluiceError)
    case skipped
    case refused(SluiceError)

    init(_ payload: ArraySlice<UInt8>, _ limits: Limits) {
        self = payload.withUnsafeBytes { bytes in
            do throws(SluiceError) {
                switch try ClientFrame(bytes, maxValues: limits.maxFrameValues) {
                case .hello(let hello): return .hello(hello)
                case .cancel(let id): return .cancel(id)
                case .rejected(let id, let error): return .invalid(id, error)
                case .unknown: return .skipped
                case .request(let envelope):
                    do throws(SluiceError) { return try .init(envelope, payload, bytes, limits) } catch {
                        return .invalid(envelope.id, error)
                    }
                }
            } catch {
                return .refused(error)
            }
        }
    }

    /// What a daemon looks at before it asks what is stored.
    private init(
        _ envelope: RequestEnvelope, _ payload: ArraySlice<UInt8>, _ bytes: UnsafeRawBufferPointer, _ limits: Limits
    ) throws(SluiceError) {
        guard let operation = envelope.operation.flatMap({ Operation(rawValue: $0) }) else { throw .invalidInput("no such operation") }
        var repository: String?
        if let range = envelope.repository {
            try ValueRules.check(text: UnsafeRawBufferPointer(rebasing: bytes[range]))
            repository = String(decoding: bytes[range], as: UTF8.self)
        }
        let storage = envelope.arguments.map { payload[payload.startIndex + $0.lowerBound..<payload.startIndex + $0.upperBound] }
        var arguments = RequestArguments()
        if operation.needsRepository {
            guard let repository else { throw .invalidInput("the repository is missing") }
            if let storage { arguments = try RequestArguments(storage) }
            do throws(SluiceError) {
                _ = try RepositoryOperation(operation, repository: repository, arguments, maxPageSize: limits.maxPageSize)
            } catch {
                // Whether a token is ours is the engine's answer, not the decoder's.
                guard error.reason == "badToken" else { throw error }
            }
        }
        self = .request(envelope, repository: repository, arguments, storage.map { WireValue($0) })
    }

    func difference(from meaning: Vector.Meaning) -> String? {
        let shown = meaning.value
        switch (self, meaning.kind) {
        case (.hello(let hello), .hello):
            return first([
                "name": hello.name.hasPrefix(String(shown["name"]?.text?.prefix(127) ?? ""))
                    && hello.name.isEmpty == (shown["name"]?.text ?? "").isEmpty,
                "features": hello.features == Set((try? shown["features"]?.elements.compactMap(\.text)) ?? []),
            ])
        case (.request(let envelope, let repository, let arguments, let raw), .request):
            return first([
                "id": envelope.id == shown["id"]?.integer,
                "operation": envelope.operation.flatMap { Operation(rawValue: $0) }?.name == shown["operation"]?.text,
                "repository": repository == shown["repository"]?.text,
                "deadline": envelope.deadlineMilliseconds == shown["deadline"]?.integer,
                "attempt": envelope.attempt == shown["attempt"]?.integer ?? 1,
                "arguments": shown["elided"] != nil || arguments.isAll(of: shown["arguments"], raw),
            ])
        case (.cancel(let id), .cancel): return first(["id": id == shown["id"]?.integer])
        case (.invalid(let id, let error), .invalid):
            return first([
                "id": id == shown["id"]?.integer, "reason": (error.reason == "malformed") == (shown["reason"]?.text == "malformed"),
            ])
                ?? error.difference(from: shown)
        case (.skipped, .skipped): return nil
        case (.refused(let error), .refused): return error.difference(from: shown)
        default: return "it is no \(meaning.kind) but \(self)"
        }
    }
}

extension RequestArguments {
    /// Whether the decoded arguments say the same as a vector shows, each by what it encodes to again.
    fileprivate func isAll(of shown: WireValue?, _ raw: WireValue?) -> Bool {
        guard let shown else { return raw == nil }
        // Operations without a repository take no arguments: nothing was decoded.
        guard let entries = try? shown.entries, !entries.isEmpty else { return raw != nil && self.encoded.isEmpty }
        let own = encoded
        return entries.allSatisfy { key, value in
            guard let name = key.text else { return false }
            // A null filter is no filter.
            if name == "filter", case .null? = try? value.item { return own[name] == nil }
            if name == "definition" {
                return (try? RepositoryDefinition(try StructuredValue(Document(validating: value.bytes)))) == definition
            }
            return own[name] == value
        } && own.keys.allSatisfy { name in shown[name] != nil }
    }

    private var encoded: [String: WireValue] {
        var all: [String: WireValue] = [:]
        if let filter { all["filter"] = WireValue { filter.write(to: &$0) } }
        if let object { all["object"] = WireValue(object.bytes) }
        if let objects {
            all["objects"] = WireValue { writer in
                writer.listHead(objects.count)
                for object in objects { writer.raw(object.bytes) }
            }
        }
        if let order { all["order"] = WireValue { order.write(to: &$0) } }
        if let limit { all["limit"] = WireValue { $0.integer(Int64(limit)) } }
        if let offset { all["offset"] = WireValue { $0.integer(Int64(offset)) } }
        if let token { all["token"] = WireValue { $0.string(token) } }
        if self.all { all["all"] = WireValue { $0.boolean(true) } }
        if let generated { all["generated"] = WireValue { $0.boolean(generated) } }
        if let generatedEach {
            all["generated"] = WireValue { writer in
                writer.listHead(generatedEach.count)
                for flag in generatedEach { writer.boolean(flag) }
            }
        }
        if let pageSize { all["pageSize"] = WireValue { $0.integer(Int64(pageSize)) } }
        return all
    }
}
