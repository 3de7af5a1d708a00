import CEpoll
import Glibc
import Synchronization

/// Hands what worker threads have finished to the loop: a list under a lock, and an eventfd
/// (eventfd(2)) that is written only when the list was empty.
final class CompletionQueue<Element: Sendable>: Sendable {
    let descriptor: Int32
    private let waiting = Mutex<[Element]>([])

    init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("eventfd") }
    }

    deinit { close(descriptor) }

    /// From any thread.
    func post(_ element: Element) {
        let wasEmpty = waiting.withLock { waiting in
            waiting.append(element)
            return waiting.count == 1
        }
        guard wasEmpty else { return }
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// From the loop: everything that was posted.
    func take() -> [Element] {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
        return waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
