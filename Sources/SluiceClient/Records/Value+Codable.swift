import SluiceProtocol

// Sluice's own coders take values whole. This is for others, JSON for one: binary there is Base64
// text, timestamps, decimals and ObjectIds are text.
extension Value: Codable {
    /// As the other coder's nearest kind.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .float(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .binary(let value):
            var text: [UInt8] = []
            value.withUnsafeBytes { Base64.encode($0, to: &text) }
            try container.encode(String(decoding: text, as: UTF8.self))
        case .timestamp(let value): try container.encode(value)
        case .decimal(let value): try container.encode(value)
        case .objectID(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .map(let value): try container.encode(value)
        }
    }

    /// From the other coder's kinds: text stays text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .float(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([Value].self) {
            self = .list(value)
        } else {
            self = .map(try container.decode([String: Value].self))
        }
    }
}
