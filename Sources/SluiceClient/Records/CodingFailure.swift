/// What Codable's errors say, with the path as Sluice writes paths.
enum CodingFailure {
    static func describe(_ error: any Error) -> String {
        switch error {
        case EncodingError.invalidValue(_, let context): located(context.codingPath, context.debugDescription)
        case DecodingError.keyNotFound(let key, let context): located(context.codingPath + [key], "it is missing")
        case DecodingError.valueNotFound(_, let context), DecodingError.typeMismatch(_, let context),
            DecodingError.dataCorrupted(let context):
            located(context.codingPath, context.debugDescription)
        default: "\(error)"
        }
    }

    private static func located(_ path: [any CodingKey], _ text: String) -> String {
        path.isEmpty ? text : "'\(path.map(\.stringValue).joined(separator: "."))': \(text)"
    }
}
