import CMongoC

/// Lends bytes to libbson as a `bson_t`, for one call. `bson_t` must be aligned to 128 bytes, which Swift does not know, so only libbson
/// makes
/// one.
func withBSON<Result, Failure: Error>(
    _ bytes: [UInt8], _ body: (OpaquePointer) throws(Failure) -> Result
) throws(Failure) -> Result {
    let argument = bson_new_from_data(bytes, bytes.count)!
    defer { bson_destroy(argument) }
    return try body(argument)
}

/// A document's bytes, as long as it lives.
func bytes(ofBSON document: OpaquePointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bson_get_data(document), count: Int(sluice_bson_length(document)))
}
