/// JSON that holds every kind of value: what the embedded engine stores, what people type and read, what `import` and `export` move.
///
/// Kinds that JSON lacks are one-key maps of MongoDB's Extended JSON v2
/// (https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md): `$date`, `$oid`, `$numberDecimal`,
/// `$binary`. A caller's own one-key map whose key starts with `$` is written as `{"$escaped": {…}}`, so data can never turn into a kind.
/// Numbers with a point or an exponent are floats, all others integers.
public enum ExtendedJSON {
    /// How JSON is laid out.
    public enum Layout: Sendable {
        /// No white space at all.
        case compact
        /// For people: a line for each element, two spaces for each level.
        case indented
    }

    /// Appends the one JSON value that `text` holds, white space around it allowed, as MessagePack.
    /// - Parameter maxDepth: how deep maps and lists may nest, the outermost being 1.
    /// - Throws: `invalidInput` with reason `malformedJSON` and the detail `offset` (in bytes) for what RFC 8259 does not allow, keys that
    ///   stand twice in a map, lone surrogates and invalid UTF-8; `invalidInput` for U+0000, integers beyond 64 bits, floats out of range,
    ///   and too deep nesting. What was appended by then is to be thrown away.
    public static func messagePack(
        fromJSON text: UnsafeRawBufferPointer, appendTo writer: inout MessagePackWriter, maxDepth: Int = Limits.maxDepth
    ) throws(SluiceError) {
        var reader = ExtendedJSONReader(text, maxDepth: maxDepth)
        defer { reader.close() }
        try reader.wholeValue(to: &writer)
    }

    /// Appends the value at the reader's position, valid MessagePack that Sluice wrote or has checked, as JSON without a line end.
    public static func json(fromMessagePack reader: inout MessagePackReader, appendTo text: inout [UInt8], layout: Layout = .compact) {
        let writer = ExtendedJSONWriter(layout: layout)
        writer.value(&reader, to: &text, depth: 0)
    }
}
