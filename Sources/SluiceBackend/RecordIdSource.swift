import SluiceProtocol

/// Makes ids for objects that come without one, in ObjectId's layout (PROTOCOL.md section 8). Owned by one connection, so that it needs no
/// lock: each has random bytes of its own.
public struct RecordIdSource {
    private let process: UInt64
    private var counter: UInt32

    /// A source whose random bytes are the system's.
    public init() {
        process = UInt64.random(in: 0..<1 << 40)
        counter = UInt32.random(in: 0..<1 << 24)
    }

    /// The next id.
    public mutating func next(now: Timestamp) -> ObjectID {
        counter = (counter &+ 1) & 0xff_ffff
        return ObjectID(seconds: UInt32(truncatingIfNeeded: now.milliseconds / 1000), process: process, counter: counter)
    }
}
