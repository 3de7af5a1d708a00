/// The head of an HTTP/1.1 message: its first line and its headers. A value.
struct HTTPHead {
    /// The words of the first line.
    let words: [Substring]
    /// Names in lower case.
    let headers: [String: String]
    /// Bytes of the head, the blank line that ends it included.
    let byteCount: Int

    /// Reads the head that the bytes begin with; nil while it is not all there.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4, let end = (4...bytes.count).first(where: { bytes[$0 - 4..<$0].elementsEqual("\r\n\r\n".utf8) }) else {
            return nil
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        words = lines.first?.split(separator: " ") ?? []
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        self.headers = headers
        byteCount = end
    }
}
