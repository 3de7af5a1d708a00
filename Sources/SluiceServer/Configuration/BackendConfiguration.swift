import SluiceProtocol

/// One configured backend: `{"dbName": …, "dbInfo": {…}}` of the contract, section 1.
public struct BackendConfiguration: Sendable, Equatable {
    /// The name that definitions use.
    public var name: String
    /// The engine.
    public var engine: String
    /// The properties, secrets among them.
    public var properties: [String: String]
    /// Connections of its pool; nil is the engine's default.
    public var connections: Int?

    /// The keys of `dbInfo`, those of all engines, accepted for every engine; true for those that are secrets.
    public static let propertyIsSecret: [String: Bool] = [
        "credentials": false, "endpoint": false, "awsRegion": false, "host": false, "database": false, "user": false, "pass": true,
        "AWSSecretKeyID": true, "AWSSecretAccessKey": true, "AWSSessionToken": true, "profile": false, "path": false,
    ]

    /// How many connections a pool may have.
    static let connectionsRange = 1...1_000

    /// A backend by its parts.
    public init(name: String, engine: String, properties: [String: String] = [:], connections: Int? = nil) {
        self.name = name
        self.engine = engine
        self.properties = properties
        self.connections = connections
    }

    /// From the configuration's map.
    /// - Throws: a `ConfigurationError` naming the key and what was expected.
    init(name: String, path: String, _ value: StructuredValue) throws(ConfigurationError) {
        self.init(name: name, engine: "")
        guard case .map(let entries) = value else {
            throw ConfigurationError(path, "expected an object with dbName and dbInfo, found \(value.kind)")
        }
        for entry in entries {
            switch entry.key {
            case "dbName":
                guard let engine = entry.value.string else {
                    throw ConfigurationError(path + ".dbName", "expected a string, found \(entry.value.kind)")
                }
                self.engine = engine
            case "dbInfo": properties = try Self.properties(path + ".dbInfo", entry.value)
            case "connections":
                guard let number = entry.value.integer.flatMap({ Int(exactly: $0) }), Self.connectionsRange.contains(number) else {
                    throw ConfigurationError(path + ".connections", "expected an integer from 1 to \(Self.connectionsRange.upperBound)")
                }
                connections = number
            default: throw ConfigurationError(path + "." + entry.key, "unknown key; expected dbName, dbInfo or connections")
            }
        }
        guard !engine.isEmpty else { throw ConfigurationError(path + ".dbName", "missing; expected the engine's name") }
    }

    private static func properties(_ path: String, _ value: StructuredValue) throws(ConfigurationError) -> [String: String] {
        guard case .map(let entries) = value else { throw ConfigurationError(path, "expected an object, found \(value.kind)") }
        var properties: [String: String] = [:]
        for entry in entries {
            guard propertyIsSecret[entry.key] != nil else {
                throw ConfigurationError(
                    path + "." + entry.key, "unknown key; expected one of \(propertyIsSecret.keys.sorted().joined(separator: ", "))")
            }
            guard let text = entry.value.string else {
                throw ConfigurationError(path + "." + entry.key, "expected a string, found \(entry.value.kind)")
            }
            properties[entry.key] = text
        }
        return properties
    }

    /// The engine's row of the table, when it is built in and has what it needs.
    func description(among engines: [EngineDescription], path: String) throws(ConfigurationError) -> EngineDescription {
        guard let description = engines.first(where: { $0.name == engine }) else {
            throw ConfigurationError(
                path + ".dbName", "the engine '\(engine)' is not built in; built in: \(engines.map(\.name).joined(separator: ", "))")
        }
        for property in description.requiredProperties where properties[property]?.isEmpty ?? true {
            throw ConfigurationError(path + ".dbInfo." + property, "missing; \(engine) needs it")
        }
        return description
    }

    /// The backend as `--check` prints it: secrets are hidden, and so is a password within a URI.
    var redacted: StructuredValue {
        let shown = properties.sorted { $0.key < $1.key }.map { key, value in
            StructuredValue.Entry(key, .string(Self.propertyIsSecret[key] ?? true ? "***" : Self.withoutPassword(value)))
        }
        return .map(
            [.init("name", .string(name)), .init("dbName", .string(engine)), .init("dbInfo", .map(shown))]
                + (connections.map { [.init("connections", .integer(Int64($0)))] } ?? []))
    }

    /// A URI's `user:password@` part becomes `user:***@` (RFC 3986 section 3.2.1).
    private static func withoutPassword(_ value: String) -> String {
        guard let scheme = value.range(of: "://"), let at = value[scheme.upperBound...].lastIndex(of: "@") else { return value }
        let user = value[scheme.upperBound..<at].prefix { $0 != ":" }
        return value[..<scheme.upperBound] + user + ":***" + value[at...]
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? { ranges(of: text).first }
}
