import Logging
import SluiceProtocol

/// Everything the daemon is told, after flags, environment, file and defaults have been put together in that order of precedence.
public struct Configuration: Sendable {
    /// The socket's path.
    public var socket: String
    /// The socket's permission bits.
    public var socketMode: UInt32 = 0o660
    /// The state directory.
    public var data: String
    /// What is logged.
    public var logLevel = Logger.Level.notice
    /// Every bound.
    public var limits = Limits()
    /// Whether requests that wait share round trips; without, every batch holds one request.
    public var isBatching = true
    /// How large a repository's share of its backend is, beside others; 1 for those that are not named.
    public var weights: [ExactText: Int] = [:]
    /// The backends, the default one first.
    public var backends = [BackendConfiguration(name: "default", engine: "sqlite")]
    /// Top-level keys of the file that are not Sluice's.
    public var ignoredKeys: [String] = []
    /// The file that was read.
    public var file: String?

    /// What stands on the command line; it wins over everything.
    public struct Flags: Sendable {
        /// `--socket`
        public var socket: String?
        /// `--config`
        public var config: String?
        /// `--data`
        public var data: String?
        /// `--log-level`
        public var logLevel: String?
        /// `--no-batching`
        public var noBatching: Bool

        /// Flags that were given; nil for those that were not.
        public init(
            socket: String? = nil, config: String? = nil, data: String? = nil, logLevel: String? = nil, noBatching: Bool = false
        ) {
            self.socket = socket
            self.config = config
            self.data = data
            self.logLevel = logLevel
            self.noBatching = noBatching
        }
    }

    /// Puts the sources together: flags, then `SLUICE_SOCKET`, `SLUICE_CONFIG`, `SLUICE_DATA` and
    /// `SLUICE_LOG_LEVEL`, then the file, then defaults.
    /// - Throws: `ConfigurationError`, naming key, expectation and source.
    public init(flags: Flags, environment: [String: String], engines: [EngineDescription]) throws(ConfigurationError) {
        func given(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let places = DefaultPlaces(environment: environment)
        socket = places.socket
        data = places.data
        if let path = flags.config ?? given("SLUICE_CONFIG") {
            file = path
            do { try read(path, engines) } catch {
                throw ConfigurationError(error.key, error.message, source: path)
            }
        }
        socket = flags.socket ?? given("SLUICE_SOCKET") ?? socket
        data = flags.data ?? given("SLUICE_DATA") ?? data
        if flags.noBatching { isBatching = false }
        if let level = flags.logLevel {
            logLevel = try Self.level(level, key: "--log-level")
        } else if let level = given("SLUICE_LOG_LEVEL") {
            logLevel = try Self.level(level, key: "SLUICE_LOG_LEVEL")
        }
        guard socket.utf8.count < 108 else {
            throw ConfigurationError("socket", "a socket's path has at most 107 bytes (unix(7)): \(socket)")
        }
        for (index, backend) in backends.enumerated() {
            _ = try backend.description(
                among: engines, path: index == 0 && backend.name == "default" ? "database" : "backends.\(backend.name)")
        }
    }

    static func level(_ text: String, key: String) throws(ConfigurationError) -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw ConfigurationError(
                key, "'\(text)' is no level; expected one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return level
    }

    /// What `--check` prints, without secrets.
    public var effective: StructuredValue {
        .map([
            "socket": .string(socket), "socketMode": .string("0" + String(socketMode, radix: 8)), "data": .string(data),
            "config": file.map { .string($0) } ?? .null,
            "logLevel": .string(logLevel.rawValue), "backends": .list(backends.map(\.redacted)), "default": .string(backends[0].name),
            "batching": .boolean(isBatching), "weights": .map(shownWeights), "limits": limits.structured,
            "ignoredKeys": .list(ignoredKeys.map { .string($0) }),
        ])
    }

    private var shownWeights: [StructuredValue.Entry] {
        weights.sorted { $0.key.text < $1.key.text }.map { .init($0.key.text, .integer(Int64($0.value))) }
    }

    /// `effective` as JSON.
    public var effectiveJSON: String { String(decoding: effective.jsonBytes, as: UTF8.self) }
}
