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
        guard let head = HTTPHead(input), head.words.count == 3 else { return nil }
        let end = head.byteCount + (head.headers["content-length"].flatMap { Int($0) } ?? 0)
        guard input.count >= end else { return nil }
        method = String(head.words[0])
        path = String(head.words[1])
        headers = head.headers
        self.connection = connection
        body = Array(input[head.byteCount..<end])
        bytes = Array(input[..<end])
        input.removeFirst(end)
    }
}
