extension Scalar {
    /// The scalar at the reader's position; strings and binary share `storage`, over whose bytes the reader runs.
    /// - Throws: `invalidInput` for maps, lists and what breaks a rule of PROTOCOL.md section 3.
    public init(reading reader: inout MessagePackReader, storage: ArraySlice<UInt8>) throws(SluiceError) {
        try self.init(&reader, storage: storage)
    }
}
