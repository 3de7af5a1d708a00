/// The kinds of frame, key 0 of each (PROTOCOL.md section 2).
public enum FrameKind: Int64, Sendable, CaseIterable {
    /// A client's first frame.
    case hello = 1
    /// The daemon's answer to hello.
    case welcome = 2
    /// A request.
    case request = 3
    /// A reply, or a part of one.
    case reply = 4
    /// A client's wish to end a request.
    case cancel = 5
    /// The daemon is leaving.
    case goingAway = 6
    /// A connection-level error; the daemon closes after it.
    case fault = 7
}
