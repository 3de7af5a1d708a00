/// A client's hello.
public struct ClientHello: Sendable {
    /// For people; cut to `Limits.maxClientNameBytes`.
    public var name = ""
    /// What the client understands.
    public var features: Set<String> = []

    init(entries: Int, reader: inout MessagePackReader, maxValues: Int) throws(SluiceError) {
        var budget = maxValues
        for _ in 0..<entries {
            guard case .integer(let key) = try reader.next() else { throw .invalidInput("an envelope's key is not an integer") }
            switch key {
            case 2:
                let text = try reader.text("the client's name")
                name = String(decoding: text.utf8.prefix(Limits.maxClientNameBytes), as: UTF8.self)
            case 3:
                guard case .list(let count) = try reader.next() else { throw .invalidInput("the features must be a list of strings") }
                for _ in 0..<count {
                    let feature = try reader.text("a feature")
                    if features.count < Limits.maxFeatures { features.insert(feature) }
                }
            default: try reader.skip(budget: &budget)
            }
        }
        guard reader.isAtEnd else { throw .malformed("\(reader.bytes.count - reader.offset) bytes after the frame's map") }
    }
}
