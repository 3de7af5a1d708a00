import Glibc
import SluiceProtocol
import Synchronization

/// Makes the ids of new records, in ObjectId's layout (PROTOCOL.md section 8). One for the whole process; a forked child chooses its
/// random bytes anew, or its ids would be its parent's.
final class IDSource: Sendable {
    static let shared = IDSource()

    private struct State {
        var owner: pid_t = 0
        var process: UInt64 = 0
        var counter: UInt32 = 0
    }

    private let state = Mutex(State())

    /// The next id.
    /// - Parameter owner: the process that asks.
    func next(owner: pid_t = getpid()) -> ObjectID {
        let seconds = UInt32(truncatingIfNeeded: time(nil))
        return state.withLock { state in
            if state.owner != owner {
                state = State(owner: owner, process: .random(in: 0..<1 << 40), counter: .random(in: 0..<1 << 24))
            }
            state.counter = (state.counter + 1) & 0xff_ffff
            return ObjectID(seconds: seconds, process: state.process, counter: state.counter)
        }
    }
}

extension Document {
    /// The document with an id, and whether it was chosen here because the document had none.
    func identified() -> (Document, isGenerated: Bool) {
        guard case .missing = self[name: "id"] else { return (self, false) }
        return (setting("id", to: .string(Array(IDSource.shared.next().hex.utf8)[...])), true)
    }
}
