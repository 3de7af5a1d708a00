import SluiceClient

/// A record of the durability test. Every field follows from its key and version, so that half of one version beside half of another shows.
struct Thing: Hashable, Sendable {
    let key: String
    let version: Int

    /// What is stored, but for `id`.
    var fields: Record {
        ["key": .string(key), "version": .integer(Int64(version)), "body": .string(body), "end": .string("\(key) \(version)")]
    }

    /// From a few bytes to a few pages of the file.
    private var body: String { String(repeating: "\(key) \(version), ", count: version * 7919 % 500) }

    init(key: String, version: Int) {
        self.key = key
        self.version = version
    }

    /// A stored record; nil when it is not exactly what some version is.
    init?(_ record: Record) {
        guard case .string(let key)? = record["key"], let version = record["version"]?.integer else { return nil }
        self.init(key: key, version: Int(version))
        guard record.filter({ $0.key != "id" }) == fields else { return nil }
    }
}
