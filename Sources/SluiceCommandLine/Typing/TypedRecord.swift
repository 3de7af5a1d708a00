import SluiceClient

/// A record as a person types it: `name=Ann age=30 'tags=[a,b]'`, or one JSON object.
enum TypedRecord {
    /// How records are typed, for the help of the commands that take them.
    static let help = """
        FIELD=VALUE sets a field. 30 and -1.5 are numbers, true, false and null themselves, @2026-01-02, @2026-01-02T03:04:05Z and @now \
        timestamps, '[a,b]' a list, '{"city":"Paris"}' any Extended JSON; '"30"' in double quotes is text, and so is everything else. \
        An id is always text.
        """

    /// The record that the arguments spell out.
    /// - Throws: `TypingFault`, or `SluiceError` for what is no record.
    static func parse(_ arguments: [String]) throws -> Document {
        if arguments.count == 1, arguments[0].hasPrefix("{") { return try parse(json: Array(arguments[0].utf8)) }
        var writer = MessagePackWriter()
        writer.mapHead(arguments.count)
        for argument in arguments {
            var rest = argument[...]
            let name = try TypedName.take(from: &rest, until: "=")
            guard rest.first == "=" else { throw TypingFault("'\(argument)' is neither FIELD=VALUE nor a JSON object") }
            writer.string(name)
            writer.raw(try TypedValue(rest.dropFirst(), name == "id" ? .asText : .byLook).bytes)
        }
        return try Document(validating: writer.bytes[...])
    }

    /// The record in a JSON text.
    /// - Throws: `invalidInput`.
    static func parse(json: [UInt8]) throws(SluiceError) -> Document {
        var writer = MessagePackWriter()
        writer.bytes.reserveCapacity(json.count)
        try json[...].withBytes { bytes throws(SluiceError) in try ExtendedJSON.messagePack(fromJSON: bytes, appendTo: &writer) }
        return try Document(validating: writer.bytes[...])
    }
}
