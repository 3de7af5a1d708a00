import Glibc
import SluiceProtocol

/// The thread of one connection: opens sockets, reads them, keeps the machine's time. It holds the
/// connection, and ends when that is closed.
///
/// A thread of its own because poll(2) blocks, and Swift's cooperative threads must not.
struct ConnectionThread {
    private static let chunkBytes = 256 << 10

    private let connection: Connection
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 16)
    private var buffers: [Int: FrameBuffer] = [:]

    private init(_ connection: Connection) { self.connection = connection }

    /// Starts it. All signals stay with the program's own threads.
    /// - Throws: `unavailable` when the system has no thread to give.
    static func start(_ connection: Connection) throws(SluiceError) {
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let argument = Unmanaged.passRetained(connection)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                var thread = ConnectionThread(Unmanaged<Connection>.fromOpaque(argument!).takeRetainedValue())
                thread.run()
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            throw SluiceError(.unavailable, "no thread could be started: \(String(cString: strerror(status)))")
        }
        pthread_detach(thread)
    }

    private mutating func run() {
        defer { chunk.deallocate() }
        while true {
            connection.change { $0.tick(now: .now) }
            let round = connection.nextRound()
            for link in round.dial { dial(link) }
            guard round.dial.isEmpty else { continue }
            if round.isClosed { return }
            buffers = buffers.filter { buffer in round.sockets.contains { $0.link == buffer.key } }
            sleep(round)
        }
    }

    private func dial(_ link: Int) {
        do {
            connection.adopt(try connection.place.connect(), as: link)
        } catch {
            connection.change { $0.connectFailed(link, error, now: .now) }
        }
    }

    private mutating func sleep(_ round: Connection.Round) {
        var polled = [pollfd(fd: connection.wake.readEnd, events: Int16(POLLIN), revents: 0)]
        for entry in round.sockets {
            polled.append(pollfd(fd: entry.socket.descriptor, events: Int16(entry.wantsToWrite ? POLLIN | POLLOUT : POLLIN), revents: 0))
        }
        // Rounded up: a millisecond early would be a busy wait.
        let timeout = round.sleepsUntil.map { min(max(0, ($0 - .now).wholeMilliseconds + 1), 3_600_000) } ?? -1
        guard poll(&polled, nfds_t(polled.count), Int32(timeout)) > 0 else { return }
        if polled[0].revents != 0 { connection.wake.drain() }
        for (entry, ready) in zip(round.sockets, polled.dropFirst()) where ready.revents != 0 {
            if ready.revents & Int16(POLLOUT) != 0 { connection.resume(entry.link, entry.socket) }
            if ready.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { read(entry.link, entry.socket) }
        }
    }

    private mutating func read(_ link: Int, _ socket: Socket) {
        switch socket.receive(into: chunk) {
        case .nothingNow: break
        case .ended(let why): connection.change { $0.lost(link, SluiceError(.unavailable, why), now: .now) }
        case .bytes(let count):
            var frames: [ServerFrame] = []
            var failure: SluiceError?
            do {
                try decode(UnsafeRawBufferPointer(rebasing: chunk[..<count]), of: link, into: &frames)
            } catch {
                failure = SluiceError(.unavailable, "the daemon sent what is not the protocol: \(error.message)")
            }
            connection.change { machine in
                let now = ContinuousClock.Instant.now
                for frame in frames { machine.received(frame, on: link, now: now) }
                if let failure { machine.lost(link, failure, now: now) }
            }
        }
    }

    private mutating func decode(_ bytes: UnsafeRawBufferPointer, of link: Int, into frames: inout [ServerFrame]) throws(SluiceError) {
        buffers[link, default: FrameBuffer()].append(bytes)
        while let payload = try buffers[link]!.next() {
            let frame = try ServerFrame(payload)
            if case .welcome(let welcome) = frame, let limit = welcome.limits["maxFrameBytes"], limit > 0 {
                buffers[link]!.maxFrameBytes = Int(limit)
            }
            frames.append(frame)
        }
    }
}
