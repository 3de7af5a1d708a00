/// One value that is no container. Made by `RecordDecoder`.
struct DecodedSingle: SingleValueDecodingContainer {
    let decoder: RecordDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.isNull }

    /// The primitive types come here from their own `init(from:)` too, so what is no scalar must not be asked again.
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }
}
