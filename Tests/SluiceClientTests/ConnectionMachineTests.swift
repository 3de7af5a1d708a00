import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// The client's side of the protocol, without I/O and without a clock.
@Suite struct ConnectionMachineTests {
    @Test func aRequestOpensALinkGreetsAndIsSentAfterTheWelcome() {
        var fixture = MachineFixture()
        fixture.submit("a", .ping)
        #expect(fixture.dialed == [1])
        fixture.machine.opened(1, now: fixture.now)
        #expect(fixture.machine.actions.count == 1)
        var greeted = MachineFixture()
        greeted.submit("a", .ping)
        greeted.greet(1)
        #expect(greeted.sent(1) == [.hello, .request("a", attempt: 1)])
        greeted.reply("a", on: 1)
        #expect(greeted.hasSucceeded("a"))
        #expect(greeted.machine.requests.isEmpty)
    }

    @Test func requestsBeyondTheAnnouncedCapWaitInOrder() {
        var fixture = MachineFixture.open(maxInFlight: 2)
        _ = fixture.sent(1)
        for name in ["a", "b", "c", "d"] { fixture.submit(name, .ping) }
        #expect(fixture.sent(1) == [.request("a", attempt: 1), .request("b", attempt: 1)])
        fixture.reply("b", on: 1)
        #expect(fixture.sent(1) == [.request("c", attempt: 1)])
        fixture.reply("a", on: 1)
        fixture.reply("c", on: 1)
        #expect(fixture.sent(1) == [.request("d", attempt: 1)])
    }

    @Test func partsAreKeptUntilTheLastAndLostWithAnError() throws {
        var fixture = MachineFixture.open()
        fixture.submit("a", .getAll, "r")
        fixture.submit("b", .getAll, "r")
        for name in ["a", "b"] { fixture.part(name, on: 1) }
        #expect(fixture.answers["a"] == nil)
        fixture.part("a", on: 1, isLast: true, token: "t")
        fixture.refuse("b", SluiceError(.backendError, "broken"), on: 1)
        let reply = try #require(fixture.answers["a"]).get()
        #expect(try reply.documents().count == 2)
        #expect(reply.token == "t")
        #expect(fixture.error("b")?.code == .backendError)
    }

    @Test func aRequestThatFitsInNoFrameIsTooLargeAndTheLinkLives() {
        var fixture = MachineFixture.open()
        fixture.submit("a", .save, "r", arguments: [UInt8](repeating: 0xc0, count: 5000))
        #expect(fixture.error("a")?.code == .tooLarge)
        #expect(fixture.error("a")?.details["limit"] == "maxFrameBytes")
        fixture.submit("b", .ping)
        fixture.reply("b", on: 1)
        #expect(fixture.hasSucceeded("b"))
    }

    @Test func anUnsentRequestEndsAtItsDeadlineASentOneALittleLater() {
        var fixture = MachineFixture.open(maxInFlight: 1)
        fixture.submit("write", .deleteOne, "r", deadline: .seconds(1))
        fixture.submit("queued", .deleteOne, "r", deadline: .seconds(1))
        fixture.pass(.milliseconds(999))
        #expect(fixture.answers.count == 1)
        fixture.pass(.milliseconds(1))
        #expect(fixture.error("queued")?.code == .deadlineExceeded)
        #expect(fixture.error("queued")?.isOutcomeKnown == true)
        #expect(fixture.error("write") == nil)
        fixture.pass(.milliseconds(500))
        #expect(fixture.error("write")?.code == .deadlineExceeded)
        #expect(fixture.error("write")?.isOutcomeKnown == false)
    }

    @Test func aReadsOutcomeIsKnownEvenWhenItsAnswerIsNot() {
        var fixture = MachineFixture.open()
        fixture.submit("read", .getOne, "r", deadline: .seconds(1))
        fixture.pass(.seconds(2))
        #expect(fixture.error("read")?.code == .deadlineExceeded)
        #expect(fixture.error("read")?.isOutcomeKnown == true)
    }

    @Test func anAbandonedRequestStillCountsAsInFlightUntilItsReply() {
        var fixture = MachineFixture.open(maxInFlight: 1)
        _ = fixture.sent(1)
        fixture.submit("slow", .getOne, "r", deadline: .seconds(1))
        #expect(fixture.sent(1).count == 1)
        fixture.pass(.seconds(2))
        fixture.submit("next", .ping)
        #expect(fixture.sent(1) == [])
        fixture.reply("slow", on: 1)
        #expect(fixture.sent(1) == [.request("next", attempt: 1)])
        #expect(fixture.machine.requests.count == 1)
    }

    @Test func theDeadlineOnTheWireIsWhatRemains() throws {
        var fixture = MachineFixture()
        fixture.submit("a", .ping, deadline: .milliseconds(1500))
        fixture.now += .milliseconds(400)
        fixture.machine.opened(1, now: fixture.now)
        _ = fixture.machine.takeOutput(1)
        fixture.receive(on: 1) { ReplyEncoder.welcome(name: "", features: [], limits: [:], backends: [], to: &$0) }
        let output = fixture.machine.takeOutput(1)
        let bytes = try #require(output)
        let deadline = bytes[4...].withUnsafeBytes { buffer -> Int64? in
            if case .request(let request)? = try? ClientFrame(buffer, maxValues: 100) { request.deadlineMilliseconds } else { nil }
        }
        #expect(deadline == 1100)
    }

    @Test func aWelcomeThatDoesNotComeEndsTheLink() {
        var fixture = MachineFixture()
        fixture.submit("a", .ping, deadline: .seconds(8))
        fixture.machine.opened(1, now: fixture.now)
        fixture.pass(.seconds(5))
        #expect(fixture.closed == [1])
        fixture.pass(.milliseconds(100))
        #expect(fixture.dialed == [1, 2])
        fixture.pass(.seconds(3))
        #expect(fixture.error("a")?.code == .unavailable)
        #expect(fixture.error("a")?.message.contains("no welcome") == true)
    }

    @Test func closingTellsEverybody() {
        var fixture = MachineFixture.open()
        _ = fixture.sent(1)
        fixture.submit("sent", .deleteOne, "r")
        _ = fixture.sent(1)
        fixture.submit("unsent", .deleteOne, "r")
        fixture.close()
        #expect(fixture.error("sent")?.code == .unavailable)
        #expect(fixture.error("sent")?.isOutcomeKnown == false)
        #expect(fixture.error("unsent")?.isOutcomeKnown == true)
        #expect(fixture.closed == [1])
        fixture.submit("later", .ping)
        #expect(fixture.error("later")?.isRetryable == false)
        #expect(fixture.machine.nextWake == nil)
    }

    @Test func framesForNobodyAreIgnored() {
        var fixture = MachineFixture.open()
        fixture.submit("a", .ping)
        fixture.receive(on: 1) { ReplyEncoder.null(id: 999, to: &$0) }
        fixture.reply("a", on: 7)
        #expect(fixture.answers["a"] == nil)
        fixture.reply("a", on: 1)
        fixture.reply("a", on: 1)
        #expect(fixture.hasSucceeded("a"))
    }
}
