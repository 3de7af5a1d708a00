import SluiceProtocol

/// The configuration file: usually the service's own, in which Sluice reads `database`, `backends`, `default` and `sluice`.
extension Configuration {
    mutating func read(_ path: String, _ engines: [EngineDescription]) throws(ConfigurationError) {
        guard case .map(let entries) = try Self.tree(path) else { throw ConfigurationError("", "expected a JSON object") }
        var named: [BackendConfiguration] = []
        var database: BackendConfiguration?
        var defaultName: String?
        for entry in entries {
            switch entry.key {
            case "database": database = try BackendConfiguration(name: "default", path: "database", entry.value)
            case "backends": named = try Self.backends(entry.value)
            case "default":
                guard let name = entry.value.string else {
                    throw ConfigurationError("default", "expected a backend's name, found \(entry.value.kind)")
                }
                defaultName = name
            case "sluice": try readOwnSection(entry.value)
            default: ignoredKeys.append(entry.key)
            }
        }
        try setBackends(database, named, defaultName)
    }

    private mutating func setBackends(
        _ database: BackendConfiguration?, _ named: [BackendConfiguration], _ defaultName: String?
    ) throws(ConfigurationError) {
        if database != nil, named.contains(where: { $0.name == "default" }) {
            throw ConfigurationError("backends.default", "that is the name of 'database'; choose another")
        }
        let all = (database.map { [$0] } ?? []) + named
        guard !all.isEmpty else {
            if let defaultName { throw ConfigurationError("default", "no backend '\(defaultName)' is configured") }
            return
        }
        let name = defaultName ?? (database == nil && all.count > 1 ? nil : all[0].name)
        guard let name else { throw ConfigurationError("default", "missing; with several backends one of them must be the default") }
        guard let first = all.first(where: { $0.name == name }) else {
            throw ConfigurationError("default", "no backend '\(name)' is configured")
        }
        backends = [first] + all.filter { $0.name != name }
    }

    private static func backends(_ value: StructuredValue) throws(ConfigurationError) -> [BackendConfiguration] {
        guard case .map(let entries) = value else {
            throw ConfigurationError("backends", "expected an object of backends by name, found \(value.kind)")
        }
        var result: [BackendConfiguration] = []
        for entry in entries {
            do { try RepositoryDefinition.check(name: entry.key, as: "a backend's name") } catch {
                throw ConfigurationError("backends", error.message)
            }
            result.append(try BackendConfiguration(name: entry.key, path: "backends." + entry.key, entry.value))
        }
        return result
    }

    private mutating func readOwnSection(_ value: StructuredValue) throws(ConfigurationError) {
        guard case .map(let entries) = value else { throw ConfigurationError("sluice", "expected an object, found \(value.kind)") }
        for entry in entries {
            let key = "sluice." + entry.key
            func text() throws(ConfigurationError) -> String {
                guard let text = entry.value.string else { throw ConfigurationError(key, "expected a string, found \(entry.value.kind)") }
                return text
            }
            switch entry.key {
            case "socket": socket = try text()
            case "socketMode":
                guard let mode = UInt32(try text(), radix: 8), mode <= 0o777 else {
                    throw ConfigurationError(key, "expected octal digits such as \"0660\"")
                }
                socketMode = mode
            case "data": data = try text()
            case "logLevel": logLevel = try Self.level(try text(), key: key)
            case "batching":
                guard case .boolean(let isOn) = entry.value else {
                    throw ConfigurationError(key, "expected true or false, found \(entry.value.kind)")
                }
                isBatching = isOn
            case "weights": weights = try Self.weights(entry.value, key)
            case "limits": try limits.read(entry.value, path: key)
            default:
                throw ConfigurationError(key, "unknown key; expected socket, socketMode, data, logLevel, batching, weights or limits")
            }
        }
    }

    /// How large a repository's share of its backend may be, beside one of weight 1.
    static let weightRange: ClosedRange<Int64> = 1...1_000

    private static func weights(_ value: StructuredValue, _ path: String) throws(ConfigurationError) -> [ExactText: Int] {
        guard case .map(let entries) = value else {
            throw ConfigurationError(path, "expected an object of weights by repository, found \(value.kind)")
        }
        var weights: [ExactText: Int] = [:]
        for entry in entries {
            do { try RepositoryDefinition.check(name: entry.key, as: "a repository's name") } catch {
                throw ConfigurationError(path, error.message)
            }
            guard let weight = entry.value.integer, weightRange.contains(weight) else {
                throw ConfigurationError(
                    path + "." + entry.key, "expected an integer from \(weightRange.lowerBound) to \(weightRange.upperBound)")
            }
            weights[ExactText(entry.key)] = Int(weight)
        }
        return weights
    }

    private static func tree(_ path: String) throws(ConfigurationError) -> StructuredValue {
        let contents: [UInt8]?
        do throws(SystemError) { contents = try FileContents.read(path) } catch { throw ConfigurationError("--config", "\(error)") }
        guard let contents else { throw ConfigurationError("--config", "there is no such file") }
        do throws(SluiceError) {
            var writer = MessagePackWriter()
            try contents[...].withBytes { bytes throws(SluiceError) in try ExtendedJSON.messagePack(fromJSON: bytes, appendTo: &writer) }
            return try writer.bytes[...].withBytes { bytes throws(SluiceError) in
                var reader = MessagePackReader(bytes)
                return try StructuredValue(&reader)
            }
        } catch { throw ConfigurationError("--config", "it is not JSON: \(error.message)") }
    }
}

extension Limits {
    /// The limits that can be configured, by their key.
    static let keys: [(name: String, path: WritableKeyPath<Limits, Int> & Sendable, range: ClosedRange<Int>)] = [
        ("maxFrameBytes", \.maxFrameBytes, 64 << 10...1 << 30), ("maxFrameValues", \.maxFrameValues, 1024...1 << 26),
        ("maxInFlight", \.maxInFlight, 1...65_536), ("maxRecordBytes", \.maxRecordBytes, 1024...1 << 30),
        ("maxPageSize", \.maxPageSize, 1...1_000_000), ("resultPartBytes", \.resultPartBytes, 1024...1 << 26),
        ("sortedPartBytes", \.sortedPartBytes, 1024...1 << 26), ("maxTokenBytes", \.maxTokenBytes, 1024...1 << 26),
        ("maxConnections", \.maxConnections, 1...1_000_000),
        ("maxSessionOutputBytes", \.maxSessionOutputBytes, 1024...1 << 30),
        ("maxBufferedInputBytes", \.maxBufferedInputBytes, 1 << 20...1 << 40),
        ("maxQueuedRequests", \.maxQueuedRequests, 1...10_000_000), ("maxQueuedBytes", \.maxQueuedBytes, 1 << 20...1 << 40),
        ("maxBatchRequests", \.maxBatchRequests, 1...10_000), ("maxBatchBytes", \.maxBatchBytes, 1024...1 << 30),
        ("maxFinishedRecords", \.maxFinishedRecords, 1...100_000_000), ("maxFinishedBytes", \.maxFinishedBytes, 1024...1 << 40),
        ("maxRepositories", \.maxRepositories, 1...1_000_000),
        ("defaultDeadlineMilliseconds", \.defaultDeadlineMilliseconds, 1...86_400_000),
        ("defineDeadlineMilliseconds", \.defineDeadlineMilliseconds, 1...86_400_000),
        ("maxDeadlineMilliseconds", \.maxDeadlineMilliseconds, 1...86_400_000),
        ("handshakeMilliseconds", \.handshakeMilliseconds, 1...3_600_000),
        ("frameMilliseconds", \.frameMilliseconds, 1...3_600_000), ("drainMilliseconds", \.drainMilliseconds, 0...3_600_000),
    ]

    /// Sets what a map names.
    mutating func read(_ value: StructuredValue, path: String) throws(ConfigurationError) {
        guard case .map(let entries) = value else { throw ConfigurationError(path, "expected an object, found \(value.kind)") }
        for entry in entries {
            guard let key = Self.keys.first(where: { $0.name == entry.key }) else {
                throw ConfigurationError(
                    path + "." + entry.key, "unknown key; expected one of \(Self.keys.map(\.name).joined(separator: ", "))")
            }
            guard let number = entry.value.integer, key.range.contains(Int(number)) else {
                throw ConfigurationError(
                    path + "." + entry.key, "expected an integer from \(key.range.lowerBound) to \(key.range.upperBound)")
            }
            self[keyPath: key.path] = Int(number)
        }
        // A record travels in a frame with its envelope.
        guard maxRecordBytes + (64 << 10) <= maxFrameBytes else {
            throw ConfigurationError(path + ".maxRecordBytes", "expected at least 64 KiB less than maxFrameBytes (\(maxFrameBytes))")
        }
    }

    /// Every limit, for `--check`.
    var structured: StructuredValue { .map(Self.keys.map { .init($0.name, .integer(Int64(self[keyPath: $0.path]))) }) }
}
