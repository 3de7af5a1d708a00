import CEpoll
import Glibc

/// An epoll descriptor and what is in it (epoll(7)). Owned by the loop; a descriptor is closed only after it has left the set.
final class EpollSet {
    /// What one descriptor is ready for, and whose it is.
    struct Event {
        let token: UInt64
        let isReadable: Bool
        let isWritable: Bool
        /// Both directions are closed, or the socket failed: the peer is gone.
        let isHungUp: Bool
    }

    /// What to be told about a descriptor; hang-ups always are.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let reading = Interest(rawValue: EPOLLIN.rawValue)
        static let writing = Interest(rawValue: EPOLLOUT.rawValue)
    }

    let descriptor: Int32
    private var buffer = [sluice_epoll_event](repeating: sluice_epoll_event(), count: 256)

    init() throws(SystemError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("epoll_create1") }
    }

    deinit { close(descriptor) }

    func add(_ descriptor: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        guard sluice_epoll_control(self.descriptor, EPOLL_CTL_ADD, descriptor, interest.rawValue, token) == 0 else {
            throw SystemError("epoll_ctl")
        }
    }

    func modify(_ descriptor: Int32, _ interest: Interest, token: UInt64) {
        let answer = sluice_epoll_control(self.descriptor, EPOLL_CTL_MOD, descriptor, interest.rawValue, token)
        precondition(answer == 0, "epoll_ctl refused to modify a descriptor that is in the set")
    }

    func remove(_ descriptor: Int32) {
        let answer = sluice_epoll_control(self.descriptor, EPOLL_CTL_DEL, descriptor, 0, 0)
        precondition(answer == 0, "epoll_ctl refused to remove a descriptor that is in the set")
    }

    /// Calls `body` for each descriptor that is ready, waiting for the first one up to some milliseconds.
    /// - Returns: how many there were.
    func poll(milliseconds: Int32, _ body: (Event) -> Void) -> Int {
        let count = Int(sluice_epoll_wait(descriptor, &buffer, Int32(buffer.count), milliseconds))
        guard count > 0 else { return 0 }
        for index in 0..<count {
            let event = buffer[index]
            let hangUp = EPOLLHUP.rawValue | EPOLLERR.rawValue
            body(
                Event(
                    token: event.token, isReadable: event.events & EPOLLIN.rawValue != 0, isWritable: event.events & EPOLLOUT.rawValue != 0,
                    isHungUp: event.events & hangUp != 0))
        }
        return count
    }
}
