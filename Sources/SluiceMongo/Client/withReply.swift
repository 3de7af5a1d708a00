import CMongoC

/// Gives libmongoc room for a reply, which it initialises, and calls `body` with the reply's bytes.
func withReply<Result, Failure: Error>(
    _ call: (OpaquePointer) -> Void, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
) throws(Failure) -> Result {
    let reply = sluice_bson_room()!
    call(reply)
    defer { sluice_bson_leave(reply) }
    return try body(bytes(ofBSON: reply))
}
