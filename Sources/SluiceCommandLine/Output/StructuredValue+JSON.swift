import SluiceProtocol

extension StructuredValue {
    /// The value as JSON.
    func json(_ layout: ExtendedJSON.Layout = .compact) -> String {
        var text: [UInt8] = []
        messagePack.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text, layout: layout)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
