import Glibc
import Testing

@testable import SluiceServer

/// Which listeners are taken from a service manager; that a process does so is `SocketActivationTests`' part.
@Suite struct ListenDescriptorsTests {
    /// A socket of this process's own; a listening Unix one has an address that the kernel chose (unix(7), autobind).
    private final class TestSocket {
        let descriptor: Int32

        init(_ family: Int32, _ type: __socket_type, isListening: Bool) {
            descriptor = socket(family, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard isListening else { return }
            if family == AF_UNIX {
                var address = sockaddr(sa_family: sa_family_t(AF_UNIX), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
                #expect(bind(descriptor, &address, socklen_t(MemoryLayout<sa_family_t>.size)) == 0)
            }
            #expect(listen(descriptor, 1) == 0)
        }

        deinit { close(descriptor) }
    }

    private let me = "\(getpid())"

    /// - Returns: what was taken, and which variables were unset.
    private func take(_ environment: [String: String], first: Int32 = -1) -> (Result<Int32?, StartError>, Set<String>) {
        var unset: Set<String> = []
        let result = Result { () throws(StartError) in
            try ListenDescriptors.take(environment: environment, first: first, unset: { unset.insert($0) })
        }
        #expect(unset == ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"], "whatever comes of it, no child may see them")
        return (result, unset)
    }

    private func refusal(_ environment: [String: String], first: Int32 = -1) -> StartError? {
        if case .failure(let error) = take(environment, first: first).0 { error } else { nil }
    }

    @Test func aListenerIsTakenCloseOnExecAndNonBlocking() throws {
        let listener = TestSocket(AF_UNIX, SOCK_STREAM, isListening: true)
        _ = fcntl(listener.descriptor, F_SETFD, 0)
        let taken = try take(["LISTEN_PID": me, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "sluice.socket"], first: listener.descriptor).0.get()
        #expect(taken == listener.descriptor)
        #expect(fcntl(listener.descriptor, F_GETFD) == FD_CLOEXEC)
        #expect(fcntl(listener.descriptor, F_GETFL) & O_NONBLOCK != 0)
    }

    @Test(arguments: [[:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "1", "LISTEN_FDS": "1"], ["LISTEN_PID": "1", "LISTEN_FDS": "x"]])
    func whatIsNotMeantForThisProcessIsIgnored(_ environment: [String: String]) throws {
        #expect(try take(environment).0.get() == nil)
    }

    @Test func noDescriptorsAreNone() throws {
        #expect(try take(["LISTEN_PID": me, "LISTEN_FDS": "0"]).0.get() == nil)
        #expect(try take(["LISTEN_PID": me]).0.get() == nil)
    }

    @Test(arguments: ["", "x", "0", "-1", "1x", "99999999999"])
    func aProcessThatIsNoneIsRefused(_ process: String) {
        #expect(refusal(["LISTEN_PID": process, "LISTEN_FDS": "1"])?.reason == .misconfigured)
    }

    @Test(arguments: ["", "x", "-1", "1 ", "99999999999"])
    func aCountThatIsNoneIsRefused(_ count: String) {
        let error = refusal(["LISTEN_PID": me, "LISTEN_FDS": count])
        #expect(error?.reason == .misconfigured)
        #expect(error?.description.contains("'\(count)'") == true)
    }

    @Test func moreThanOneIsRefusedAndEachIsClosedOnExec() {
        let pair = [TestSocket(AF_UNIX, SOCK_STREAM, isListening: true), TestSocket(AF_UNIX, SOCK_STREAM, isListening: true)]
        // Two in a row, out of the way of what other tests open.
        let first = fcntl(pair[0].descriptor, F_DUPFD, 900)
        let second = dup2(pair[1].descriptor, first + 1)
        defer {
            close(first)
            close(second)
        }
        #expect(refusal(["LISTEN_PID": me, "LISTEN_FDS": "2"], first: first)?.description.contains("exactly one") == true)
        #expect([first, second].map { fcntl($0, F_GETFD) } == [FD_CLOEXEC, FD_CLOEXEC])
    }

    @Test func whatIsNoListeningUnixStreamSocketIsRefusedByItsKind() {
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let sockets = [
            TestSocket(AF_UNIX, SOCK_DGRAM, isListening: false), TestSocket(AF_INET, SOCK_STREAM, isListening: false),
            TestSocket(AF_UNIX, SOCK_STREAM, isListening: false),
        ]
        let kinds =
            [(-1, "is not open"), (file, "not a socket")]
            + zip(sockets.map(\.descriptor), ["datagram", "network socket", "does not listen"])
        for (descriptor, word) in kinds {
            let error = refusal(["LISTEN_PID": me, "LISTEN_FDS": "1"], first: descriptor)
            #expect(error?.reason == .misconfigured)
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "taken"), expected '\(word)'")
        }
    }
}
