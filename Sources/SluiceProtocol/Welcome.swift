/// What the daemon says of itself at the start of each connection (PROTOCOL.md section 4).
public struct Welcome: Sendable {
    /// For people.
    public var name = ""
    /// What the daemon understands.
    public var features: Set<String> = []
    /// The daemon's bounds by name; `Limits` has the same names.
    public var limits: [String: Int64] = [:]
    /// A map for each configured backend: `name`, `engine`, `default`, `capabilities`.
    public var backends: [StructuredValue] = []

    /// Reads the rest of a welcome whose kind has been read. Limits that are no integers are ignored like unknown ones.
    /// - Throws: `invalidInput`.
    init(entries: Int, reader: inout MessagePackReader) throws(SluiceError) {
        var welcome = (name: "", features: Set<String>(), limits: [String: Int64](), backends: [StructuredValue]())
        try reader.forEachEntry(entries, after: SeenKeys(0)) { key, reader throws(SluiceError) in
            switch key {
            case 2: welcome.name = try reader.text("the daemon's name")
            case 3:
                guard case .list(let count) = try reader.next() else { throw .malformed("the features must be a list") }
                for _ in 0..<count { welcome.features.insert(try reader.text("a feature")) }
            case 4:
                guard case .map(let entries) = try StructuredValue(&reader) else { throw .malformed("the limits must be a map") }
                for entry in entries { welcome.limits[entry.key] = entry.value.integer }
            case 5:
                guard case .list(let backends) = try StructuredValue(&reader) else { throw .malformed("the backends must be a list") }
                welcome.backends = backends
            default: return false
            }
            return true
        }
        (name, features, limits, backends) = welcome
    }
}
