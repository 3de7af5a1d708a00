extension ArraySlice<UInt8> {
    /// Scoped access to the bytes with a typed error, which `withUnsafeBytes` does not carry.
    @inlinable
    public func withBytes<Result, Failure: Error>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Result) throws(Failure) -> Result {
        try span.withUnsafeBytes { buffer throws(Failure) in try body(buffer) }
    }
}
