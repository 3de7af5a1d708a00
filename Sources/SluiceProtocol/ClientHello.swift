/// A client's hello.
public struct ClientHello: Sendable {
    /// For people; cut to `Limits.maxClientNameBytes`.
    public var name = ""
    /// What the client understands.
    public var features: Set<String> = []

    init(entries: Int, reader: inout MessagePackReader, maxValues: Int) throws(SluiceError) {
        var hello = (name: "", features: Set<String>())
        try reader.forEachEntry(entries, after: SeenKeys(0), maxValues: maxValues) { key, reader throws(SluiceError) in
            switch key {
            case 2:
                let text = try reader.text("the client's name")
                hello.name = String(decoding: text.utf8.prefix(Limits.maxClientNameBytes), as: UTF8.self)
            case 3:
                guard case .list(let count) = try reader.next() else { throw .invalidInput("the features must be a list of strings") }
                guard count <= maxValues else { throw MessagePackReader.tooManyValues }
                for _ in 0..<count {
                    let feature = try reader.text("a feature")
                    if hello.features.count < Limits.maxFeatures { hello.features.insert(feature) }
                }
            default: return false
            }
            return true
        }
        (name, features) = hello
        guard reader.isAtEnd else { throw .malformed("\(reader.bytes.count - reader.offset) bytes after the frame's map") }
    }
}
