import CMongoC

/// Lends documents to libbson, all at once, as the list that libmongoc takes; see `withBSON`.
func withBSONs<Result>(_ documents: [[UInt8]], _ body: (UnsafeMutablePointer<OpaquePointer?>) -> Result) -> Result {
    var arguments = documents.map { bson_new_from_data($0, $0.count) }
    defer { for argument in arguments { bson_destroy(argument) } }
    return arguments.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
}
