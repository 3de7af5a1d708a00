import FoundationEssentials
import SluiceProtocol

/// One of `protocol/vectors`: bytes and what they mean, as README.md there defines it. A test's value.
public struct Vector: Sendable, CustomStringConvertible {
    /// Who sends the bytes.
    public enum Direction: String, Sendable {
        /// Frames of a client.
        case clientToDaemon = "client-to-daemon"
        /// Frames of the daemon.
        case daemonToClient = "daemon-to-client"
        /// One document.
        case either
    }

    /// What one frame is, or the document.
    public struct Meaning: Sendable {
        /// The keys of meanings.
        public enum Kind: String, Sendable {
            case document, hello, request, cancel, invalid, welcome, reply, goingAway, fault, skipped, refused, incomplete
        }

        /// Which of them.
        public let kind: Kind
        /// What stands there.
        public let value: WireValue
    }

    /// `subject/words`.
    public let name: String
    /// Who sends the bytes.
    public let direction: Direction
    /// The bytes as hex with repetitions.
    public let hex: String
    /// Whether encoders must produce exactly these bytes.
    public let isCanonical: Bool
    /// The operation that a reply answers.
    public let operation: SluiceProtocol.Operation?
    /// What is sent before, by name; nil: a hello.
    public let after: [String]?
    /// Whether the client shuts down its writing side.
    public let isHalfClosed: Bool
    /// Frame after frame.
    public let meanings: [Meaning]
    /// What the daemon answers.
    public let answers: [WireValue]

    /// The name.
    public var description: String { name }

    /// The bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for group in hex.split(separator: " ") {
            let parts = group.split(separator: "*")
            let digits = Array(parts[0].utf8)
            let once = stride(from: 0, to: digits.count, by: 2).map {
                UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)!
            }
            let times = parts.count > 1 ? Int(parts[1])! : 1
            if once.count == 1 {
                bytes += [UInt8](repeating: once[0], count: times)
            } else {
                for _ in 0..<times { bytes += once }
            }
        }
        return bytes
    }

    /// Every vector, in the order of their files; read once.
    public static func all() throws -> [Vector] { try loaded.get() }

    private static let loaded = Result { try load() }

    private static func load() throws -> [Vector] {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let folder = root.appendingPathComponent("protocol/vectors")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        return try names.sorted().flatMap { name in
            let json = try Data(contentsOf: folder.appendingPathComponent(name))
            var writer = MessagePackWriter()
            try json.withUnsafeBytes { try ExtendedJSON.messagePack(fromJSON: $0, appendTo: &writer, maxDepth: 64) }
            guard let vectors = WireValue(writer.bytes[...])["vectors"] else { throw Malformed(what: name) }
            return try vectors.elements.map { try Vector($0) }
        }
    }

    /// A file that is not as README.md says.
    struct Malformed: Error {
        let what: String
    }

    private init(_ value: WireValue) throws {
        guard let name = value["name"]?.text, let direction = (value["direction"]?.text).flatMap(Direction.init),
            let hex = value["hex"]?.text
        else { throw Malformed(what: "\(value)") }
        self.name = name
        self.direction = direction
        self.hex = hex
        isCanonical = value["canonical"]?.boolean ?? false
        isHalfClosed = value["halfClose"]?.boolean ?? false
        operation = (value["operation"]?.text).flatMap { text in SluiceProtocol.Operation.allCases.first { $0.name == text } }
        after = try value["after"]?.elements.map { $0.text ?? "" }
        answers = try value["answers"]?.elements ?? []
        meanings = try (value["meaning"]?.elements ?? []).map { meaning in
            guard let entry = try meaning.entries.first, let kind = (entry.key.text).flatMap(Meaning.Kind.init) else {
                throw Malformed(what: "\(name): \(meaning)")
            }
            return Meaning(kind: kind, value: entry.value)
        }
    }
}

extension SluiceError {
    /// What differs from an error as vectors show it: its code, and of the rest what is shown. Nil when nothing does.
    public func difference(from shown: WireValue) -> String? {
        func detail(_ name: String) -> WireValue? {
            switch details[name] {
            case .string(let text)?: WireValue { $0.string(text) }
            case .integer(let value)?: WireValue { $0.integer(value) }
            case nil: nil
            }
        }
        var differences: [String] = []
        func check(_ name: String, _ own: WireValue?) {
            if let expected = shown[name], own != expected { differences.append("\(name) is not \(expected)") }
        }
        check("code", WireValue { $0.string(code.rawValue) })
        check("message", WireValue { $0.string(message) })
        check("retryable", WireValue { $0.boolean(isRetryable) })
        check("outcomeKnown", WireValue { $0.boolean(isOutcomeKnown) })
        check("reason", detail("reason"))
        for (key, value) in (try? shown["details"]?.entries) ?? [] where detail(key.text ?? "") != value {
            differences.append("the detail \(key) is not \(value)")
        }
        return differences.isEmpty ? nil : "\(self): " + differences.joined(separator: ", ")
    }
}
