/// A request that came to a `LoopbackServer`.
public struct LoopbackRequest: Sendable {
    /// `POST`.
    public let method: String
    /// Path and query as they came.
    public let path: String
    /// Names in lower case.
    public let headers: [String: String]
    /// The body, by its content-length.
    public let body: [UInt8]
    /// Which of the server's connections it came on, from 1.
    public let connection: Int

    private let bytes: [UInt8]

    /// Head and body as they came, asking the server to close the connection after its answer.
    var closing: [UInt8] {
        let line = bytes.firstIndex(of: UInt8(ascii: "\n"))! + 1
        return bytes[..<line] + Array("Connection: close\r\n".utf8) + bytes[line...]
    }

    /// Takes the next whole request off the front of what was read; nil while it is not all there, or when it is none.
    init?(takingFrom input: inout [UInt8], connection: Int) {
        guard let end = Self.headEnd(input) else { return nil }
        let lines = String(decoding: input[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard input.count - end >= length else { return nil }
        method = String(words[0])
        path = String(words[1])
        self.headers = headers
        self.connection = connection
        body = Array(input[end..<end + length])
        bytes = Array(input[..<(end + length)])
        input.removeFirst(end + length)
    }

    /// Where the blank line ends that ends the head.
    private static func headEnd(_ input: [UInt8]) -> Int? {
        guard input.count >= 4 else { return nil }
        return (4...input.count).first { input[$0 - 4..<$0].elementsEqual("\r\n\r\n".utf8) }
    }
}
