/// What a `LoopbackServer` does about a request.
public enum LoopbackAnswer: Sendable {
    /// Answers, and keeps the connection.
    case reply(status: Int, headers: [String: String] = [:], body: [UInt8] = [])
    /// Sends these bytes as they are, and closes the connection.
    case bytes([UInt8])
    /// Closes the connection without a word.
    case cut
    /// Says nothing until the other side gives up.
    case stall

    /// Answers with text.
    public static func text(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> LoopbackAnswer {
        .reply(status: status, headers: headers, body: Array(text.utf8))
    }
}
