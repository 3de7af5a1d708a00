import SluiceProtocol

/// Small JSON from AWS, of which a few texts are wanted.
extension Document {
    /// - Returns: nil when the text is not a JSON map.
    init?(json text: [UInt8]) {
        var writer = MessagePackWriter()
        guard text.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
        do throws(SluiceError) {
            try text[...].withBytes { text throws(SluiceError) in try ExtendedJSON.messagePack(fromJSON: text, appendTo: &writer) }
        } catch { return nil }
        self.init(trusted: writer.bytes[...])
    }

    /// The text at the top-level name, if there is text.
    func text(_ name: String) -> String? {
        if case .scalar(.string(let text)) = self[name: name] { String(decoding: text, as: UTF8.self) } else { nil }
    }
}
