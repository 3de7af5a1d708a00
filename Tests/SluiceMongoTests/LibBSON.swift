import CMongoC

@testable import SluiceMongo

/// libbson as the oracle of our own codec.
enum LibBSON {
    /// Whether libbson takes the bytes for a document, down to the last element. U+0000 within strings is BSON.
    static func isValid(_ bytes: [UInt8]) -> Bool {
        let flags = BSON_VALIDATE_UTF8.rawValue | BSON_VALIDATE_UTF8_ALLOW_NULL.rawValue
        guard let document = bson_new_from_data(bytes, bytes.count) else { return false }
        defer { bson_destroy(document) }
        return bson_validate(document, bson_validate_flags_t(rawValue: flags), nil)
    }

    /// The document as MongoDB's canonical Extended JSON; nil when it is none.
    static func canonicalJSON(_ bytes: [UInt8]) -> String? {
        withBSON(bytes) { document in
            guard let text = bson_as_canonical_extended_json(document, nil) else { return nil }
            defer { bson_free(text) }
            return String(cString: text)
        }
    }

    /// The document that Extended JSON stands for.
    static func document(json: String) -> [UInt8] {
        var error = bson_error_t()
        guard let document = bson_new_from_json(json, -1, &error) else { preconditionFailure("no JSON: \(json)") }
        defer { bson_destroy(document) }
        return Array(SluiceMongo.bytes(ofBSON: document))
    }
}
