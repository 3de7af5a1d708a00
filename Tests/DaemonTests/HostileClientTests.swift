import Glibc
import SluiceProtocol
import SluiceTesting
import Testing

/// Bytes that no client should send, against the daemon as a process: a fault or an error for the sender, nothing for anybody else.
@Suite(.serialized) struct HostileClientTests {
    private func kind(_ frame: [UInt8]?) -> UInt8? { frame.flatMap { $0.count > 2 ? $0[2] : nil } }

    @Test func framesThatAreNoneAreFaults() async throws {
        let daemon = try await DaemonProcess.started()
        let bystander = try RawClient(daemon.socket)
        bystander.send(RawClient.hello)
        #expect(kind(try bystander.receive()) == 2)
        let bad: [[UInt8]] = [
            [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], RawClient.frame([0xc1]), RawClient.frame([0x90]), RawClient.frame([0x81, 1, 2]),
            RawClient.frame([0xdf, 0xff, 0xff, 0xff, 0xff]), RawClient.frame(Array(repeating: 0x91, count: 10_000)), RawClient.ping,
        ]
        for bytes in bad {
            let client = try RawClient(daemon.socket)
            client.send(bytes)
            #expect(kind(try client.receive()) == 7, "\(bytes.prefix(12))")
            #expect(try client.receive() == nil)
        }
        bystander.send(RawClient.ping)
        #expect(try bystander.receive() == RawClient.pong)
    }

    @Test func whatIsWrongInARequestIsAnsweredToItsId() async throws {
        let daemon = try await DaemonProcess.started()
        let client = try RawClient(daemon.socket)
        client.send(RawClient.hello)
        _ = try client.receive()
        for payload: [UInt8] in [[0x83, 0, 3, 1, 9, 2, 0x7f], [0x83, 0, 3, 1, 9, 2, 0xc1], [0x83, 0, 3, 1, 9, 2], [0x82, 0, 3, 1, 9]] {
            client.send(RawClient.frame(payload))
            let reply = try #require(try client.receive())
            #expect(Array(reply.prefix(6)) == [0x83, 0, 4, 1, 9, 3])
        }
        client.send(RawClient.ping)
        #expect(try client.receive() == RawClient.pong)
    }

    @Test func aDeadlineOfNoughtHasPassedForAPingToo() async throws {
        let daemon = try await DaemonProcess.started()
        let client = try RawClient(daemon.socket)
        client.send(RawClient.hello)
        _ = try client.receive()
        client.send(RawClient.frame([0x84, 0, 3, 1, 9, 2, 1, 5, 0]))
        let code = Array("deadlineExceeded".utf8)
        #expect(Array(try #require(try client.receive()).prefix(9 + code.count)) == [0x83, 0, 4, 1, 9, 3, 0x85, 1, 0xb0] + code)
    }

    @Test func aHalfClosedClientGetsItsReplies() async throws {
        let daemon = try await DaemonProcess.started()
        let client = try RawClient(daemon.socket)
        client.send(RawClient.hello + RawClient.ping)
        client.shutDownWriting()
        #expect(kind(try client.receive()) == 2)
        #expect(try client.receive() == RawClient.pong)
        #expect(try client.receive() == nil)
    }

    @Test func mutatedFramesDisturbNobody() async throws {
        let daemon = try await DaemonProcess.started()
        let bystander = try RawClient(daemon.socket)
        bystander.send(RawClient.hello)
        _ = try bystander.receive()
        var random = SystemRandomNumberGenerator()
        for round in 0..<2_000 {
            let client = try RawClient(daemon.socket)
            // {0: 3, 1: 9, 2: save, 3: "r", 4: {2: {"a": [1, 2.0]}, 1: [["a", "eq", 1]]}}
            var payload: [UInt8] = [
                0x85, 0, 3, 1, 9, 2, 18, 3, 0xa1, 0x72, 4, 0x82, 2, 0x81, 0xa1, 0x61, 0x92, 1, 0xcb, 0x40, 0, 0, 0, 0, 0, 0, 0,
            ]
            payload += [1, 0x91, 0x93, 0xa1, 0x61, 0xa2, 0x65, 0x71, 1]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                payload[Int.random(in: 0..<payload.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            client.send(RawClient.hello + RawClient.frame(payload))
            if round % 50 == 0 {
                bystander.send(RawClient.ping)
                #expect(try bystander.receive() == RawClient.pong)
            }
        }
        #expect(daemon.pid != nil)
        bystander.send(RawClient.ping)
        #expect(try bystander.receive() == RawClient.pong)
    }

    /// What hostile clients may leave behind, bytes: allocators keep pages that were in use once.
    private static let maxGrowth = 8 << 20

    /// Runs `attack` from two threads on a daemon whose freed memory is overwritten, beside a client that must not notice.
    /// - Returns: how much larger the daemon is after the second half than after the first, bytes.
    private func growth(of attack: @escaping @Sendable (_ socket: String, _ rounds: Int) throws -> Void, rounds: Int) async throws -> Int {
        let daemon = try await DaemonProcess.started(environment: ["MALLOC_PERTURB_": "165"])
        let bystander = try RawClient(daemon.socket)
        bystander.send(RawClient.hello)
        #expect(kind(try await blocking { try bystander.receive() }) == 2)
        var sizes: [Int] = []
        for _ in 0..<2 {
            let socket = daemon.socket
            async let one: Void = blocking { try attack(socket, rounds / 4) }
            async let other: Void = blocking { try attack(socket, rounds / 4) }
            bystander.send(RawClient.ping)
            #expect(try await blocking { try bystander.receive() } == RawClient.pong)
            _ = try await (one, other)
            bystander.send(RawClient.ping)
            #expect(try await blocking { try bystander.receive() } == RawClient.pong)
            sizes.append(try #require(daemon.ownMemory))
        }
        return sizes[1] - sizes[0]
    }

    @Test func oneWriteWithThousandsOfQuestionsTakesNoMoreMemoryThanAnyOther() async throws {
        let daemon = try await DaemonProcess.started()
        let other = try await daemon.connected()
        for number in 0..<20 { _ = try await other.defineRepository("r\(number)", ["name": .string("r\(number)")]) }
        let before = try #require(daemon.ownMemory)
        let client = try RawClient(daemon.socket)
        let questions = 10_000
        let bytes = RawClient.hello([]) + (0..<questions).flatMap { RawClient.request(Int64($0), .repositories) }
        async let isSent = blocking { client.send(bytes) }
        // Answered at once, the replies would be more than fifty megabytes.
        try await eventually("replies that wait") { daemon.ownMemory.map { $0 > before + (2 << 20) } ?? false }
        try await Task.sleep(for: .seconds(1))
        #expect(try #require(daemon.ownMemory) < before + (16 << 20))
        let answered = try await blocking {
            var ids: Set<Int64> = []
            while ids.count < questions, let reply = try client.reply() { ids.insert(reply.id) }
            return ids.count
        }
        #expect(answered == questions)
        #expect(try await isSent)
    }

    @Test func connectingAndClosingAHundredThousandTimesLeavesNothingBehind() async throws {
        let growth = try await growth(of: { socket, rounds in for _ in 0..<rounds { _ = try RawClient(socket) } }, rounds: 100_000)
        #expect(growth < Self.maxGrowth)
    }

    @Test func leavingWithoutReadingTheRepliesLeavesNothingBehind() async throws {
        let growth = try await growth(
            of: { socket, rounds in
                for _ in 0..<rounds {
                    // Gone while the daemon writes: EPIPE and ECONNRESET, and no SIGPIPE.
                    let client = try RawClient(socket)
                    client.send(RawClient.hello + RawClient.ping + RawClient.ping)
                }
            }, rounds: 20_000)
        #expect(growth < Self.maxGrowth)
    }

    @Test func bombsAndHalfFramesLeaveNothingBehind() async throws {
        let bombs: [[UInt8]] = [
            [0xff, 0xff, 0xff, 0xff, 0x83], RawClient.frame([0xdd, 0xff, 0xff, 0xff, 0xff]),
            RawClient.frame([0xdf, 0xff, 0xff, 0xff, 0xff]),
            RawClient.frame([0x84, 0, 3, 1, 9, 2, 18, 4, 0x81, 2, 0xdd, 0xff, 0xff, 0xff, 0xff]),
            RawClient.frame([0x84, 0, 3, 1, 9, 2, 18, 4, 0x81, 2] + Array(repeating: 0x91, count: 10_000) + [0xc0]),
            [0x00, 0xff, 0xff, 0xff, 0x83, 0x00], [0x00],
        ]
        let growth = try await growth(
            of: { socket, rounds in
                for round in 0..<rounds {
                    let client = try RawClient(socket)
                    client.send(RawClient.hello + bombs[round % bombs.count])
                }
            }, rounds: 20_000)
        #expect(growth < Self.maxGrowth)
    }
}
