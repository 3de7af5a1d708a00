import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// What is sent again, when, and what is never (PROTOCOL.md section 8).
@Suite struct RepeatingTests {
    private let overloaded = SluiceError(.overloaded, "full")

    @Test func afterALostConnectionReadsAndRepeatableCreatesAreSentAgainInOrder() {
        var fixture = MachineFixture.open()
        fixture.submit("create", .save, "r", isRepeatable: true)
        fixture.submit("read", .getOne, "r")
        fixture.submit("update", .save, "r")
        _ = fixture.sent(1)
        fixture.lose(1)
        #expect(fixture.error("update")?.code == .unavailable)
        #expect(fixture.error("update")?.isOutcomeKnown == false)
        #expect(fixture.error("update")?.isRetryable == true)
        fixture.pass(.milliseconds(100))
        #expect(fixture.dialed == [1, 2])
        fixture.greet(2)
        #expect(fixture.sent(2) == [.hello, .request("create", attempt: 2), .request("read", attempt: 2)])
    }

    @Test func whatWasNeverHandedToTheKernelMayBeSentWhateverItIs() {
        var fixture = MachineFixture.open()
        _ = fixture.sent(1)
        fixture.submit("update", .save, "r")
        fixture.lose(1)
        #expect(fixture.answers["update"] == nil)
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        #expect(fixture.sent(2) == [.hello, .request("update", attempt: 1)])
    }

    @Test func whatTheKernelDidNotTakeWholeMayBeSentWhateverItIs() {
        var fixture = MachineFixture.open()
        _ = fixture.sent(1)
        fixture.submit("whole", .save, "r")
        fixture.submit("torn", .save, "r")
        _ = fixture.beginWriting(1)
        fixture.stopWriting(1, unsent: 1)
        fixture.lose(1)
        #expect(fixture.error("whole")?.isOutcomeKnown == false)
        #expect(fixture.answers["torn"] == nil)
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        #expect(fixture.sent(2) == [.hello, .request("torn", attempt: 1)])
    }

    @Test func whatTheKernelTookLaterMayHaveHappened() {
        var fixture = MachineFixture.open()
        _ = fixture.sent(1)
        fixture.submit("update", .save, "r")
        let count = fixture.beginWriting(1)
        fixture.stopWriting(1, unsent: count)
        fixture.machine.writeResumed(1, unsent: count)
        fixture.endWriting(1)
        fixture.lose(1)
        #expect(fixture.error("update")?.isOutcomeKnown == false)
    }

    @Test func aLossWaitsForTheWritersWord() {
        for isTaken in [true, false] {
            var fixture = MachineFixture.open()
            _ = fixture.sent(1)
            fixture.submit("update", .save, "r")
            let count = fixture.beginWriting(1)
            fixture.lose(1)
            #expect(fixture.answers["update"] == nil)
            if isTaken { fixture.endWriting(1) } else { fixture.stopWriting(1, unsent: count) }
            #expect(fixture.error("update")?.isOutcomeKnown == (isTaken ? false : nil))
            fixture.submit("read", .getOne, "r")
            fixture.pass(.milliseconds(100))
            fixture.greet(2)
            let again: [MachineFixture.Sent] = isTaken ? [] : [.request("update", attempt: 1)]
            #expect(fixture.sent(2) == [.hello] + again + [.request("read", attempt: 1)])
        }
    }

    @Test(arguments: [ErrorCode.unavailable, .overloaded, .shuttingDown])
    func aRefusalWhoseOutcomeIsKnownIsRepeatedAfterAWait(_ code: ErrorCode) {
        var fixture = MachineFixture.open()
        fixture.submit("update", .save, "r")
        _ = fixture.sent(1)
        fixture.refuse("update", SluiceError(code, "not now"), on: 1)
        #expect(fixture.answers["update"] == nil)
        #expect(fixture.sent(1) == [])
        fixture.pass(.milliseconds(100))
        let link = code == .shuttingDown ? 2 : 1
        if link == 2 { fixture.greet(2) }
        #expect(fixture.sent(link).contains(.request("update", attempt: 2)))
    }

    @Test(arguments: [
        ErrorCode.notFound, .alreadyExists, .invalidInput, .backendError, .deadlineExceeded, .tooLarge, .unauthorized, .unsupported,
    ])
    func otherErrorsAreNeverRepeated(_ code: ErrorCode) {
        var fixture = MachineFixture.open()
        fixture.submit("read", .getOne, "r")
        fixture.refuse("read", SluiceError(code, "no", isRetryable: true), on: 1)
        #expect(fixture.error("read")?.code == code)
    }

    @Test func theErrorsOwnFlagCountsNotItsCode() {
        var fixture = MachineFixture.open()
        fixture.submit("read", .getOne, "r")
        fixture.refuse("read", SluiceError(.unavailable, "for good", isRetryable: false), on: 1)
        #expect(fixture.error("read")?.code == .unavailable)
    }

    @Test func aWriteWhoseOutcomeIsUnknownIsNotRepeated() {
        var fixture = MachineFixture.open()
        fixture.submit("update", .save, "r")
        fixture.refuse("update", SluiceError(.unavailable, "engine gone", isOutcomeKnown: false), on: 1)
        #expect(fixture.error("update")?.isOutcomeKnown == false)
    }

    @Test func aDeleteAllThatGotSomeWayTellsHowFar() {
        var fixture = MachineFixture.open()
        fixture.submit("delete", .deleteAll, "r")
        fixture.refuse("delete", SluiceError(.unavailable, "engine gone", details: ["deleted": 3]), on: 1)
        #expect(fixture.error("delete")?.details["deleted"] == 3)
    }

    @Test func anEarlierAttemptThatMayHaveHappenedLeavesALaterRefusalUnknown() {
        var fixture = MachineFixture.open()
        fixture.submit("create", .save, "r", deadline: .milliseconds(250), isRepeatable: true)
        _ = fixture.sent(1)
        fixture.lose(1)
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        _ = fixture.sent(2)
        fixture.refuse("create", SluiceError(.overloaded, "full"), on: 2)
        #expect(fixture.error("create")?.code == .overloaded)
        #expect(fixture.error("create")?.isOutcomeKnown == false)
    }

    @Test func aCollisionOnALaterAttemptIsTheDaemonsWord() {
        var fixture = MachineFixture.open()
        fixture.submit("create", .save, "r", isRepeatable: true)
        _ = fixture.sent(1)
        fixture.lose(1)
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        fixture.refuse("create", SluiceError(.alreadyExists, "email"), on: 2)
        #expect(fixture.error("create")?.code == .alreadyExists)
        #expect(fixture.error("create")?.isOutcomeKnown == true)
    }

    @Test func repeatsStopWhereTheNextWouldComeAfterTheDeadline() {
        var fixture = MachineFixture.open()
        fixture.submit("read", .getOne, "r", deadline: .milliseconds(250))
        fixture.refuse("read", overloaded, on: 1)
        fixture.pass(.milliseconds(100))
        fixture.refuse("read", overloaded, on: 1)
        #expect(fixture.error("read")?.code == .overloaded)
    }

    @Test func partsOfAnAttemptThatWasLostAreNotKept() throws {
        var fixture = MachineFixture.open()
        fixture.submit("read", .getAll, "r")
        _ = fixture.sent(1)
        fixture.part("read", on: 1)
        fixture.lose(1)
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        fixture.part("read", on: 2, isLast: true)
        #expect(try fixture.answers["read"]?.get().documents().count == 1)
    }

    @Test func withoutADaemonRequestsWaitWithGrowingPausesUntilTheirDeadline() {
        var fixture = MachineFixture()
        fixture.submit("a", .save, "r", deadline: .seconds(5))
        var pauses: [Duration] = []
        for attempt in 1...6 {
            #expect(fixture.dialed.count == attempt)
            fixture.failToConnect(attempt)
            pauses.append(fixture.machine.nextWake! - fixture.now)
            fixture.pass(pauses.last!)
        }
        #expect(pauses == [100, 200, 400, 800, 800, 800].map { .milliseconds($0) })
        fixture.failToConnect(7)
        fixture.pass(.seconds(5))
        #expect(fixture.error("a")?.code == .unavailable)
        #expect(fixture.error("a")?.message.contains("nobody") == true)
        #expect(fixture.error("a")?.isOutcomeKnown == true)
    }

    @Test func nobodyChasesADaemonForNobody() {
        var fixture = MachineFixture.open()
        _ = fixture.sent(1)
        fixture.lose(1)
        fixture.pass(.seconds(60))
        #expect(fixture.dialed == [1])
        fixture.submit("a", .ping)
        #expect(fixture.dialed == [1, 2])
    }

    @Test func whoDoesNotWantToWaitFailsAtOnceTheOthersWait() {
        var fixture = MachineFixture()
        fixture.submit("patient", .ping)
        fixture.submit("hasty", .ping, failsWithoutDaemon: true)
        fixture.failToConnect(1, SluiceError(.unavailable, "busy"))
        #expect(fixture.answers.isEmpty)
        fixture.pass(.milliseconds(100))
        fixture.failToConnect(2)
        #expect(fixture.error("hasty")?.code == .unavailable)
        #expect(fixture.answers["patient"] == nil)
    }

    @Test func whatWaitingCannotMendFailsEveryWait() {
        var fixture = MachineFixture()
        fixture.submit("patient", .ping)
        fixture.failToConnect(1, SluiceError(.unauthorized, "not yours"))
        #expect(fixture.error("patient")?.code == .unauthorized)
    }

    @Test func aFaultIsTheReasonAndNothingMoreGoesThere() {
        var fixture = MachineFixture.open()
        fixture.submit("update", .save, "r")
        _ = fixture.sent(1)
        fixture.receive(on: 1) { ReplyEncoder.fault(SluiceError(.invalidInput, "doubled id"), to: &$0) }
        fixture.submit("read", .getOne, "r")
        #expect(fixture.sent(1) == [])
        fixture.lose(1)
        #expect(fixture.error("update")?.message.contains("doubled id") == true)
        #expect(fixture.error("update")?.isOutcomeKnown == false)
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        #expect(fixture.sent(2) == [.hello, .request("read", attempt: 1)])
    }

    @Test func aDaemonWithoutRoomIsTriedAgain() {
        var fixture = MachineFixture()
        fixture.submit("a", .ping)
        fixture.machine.opened(1, now: fixture.now)
        fixture.receive(on: 1) { ReplyEncoder.fault(SluiceError(.overloaded, "no room"), to: &$0) }
        #expect(fixture.closed == [1])
        fixture.pass(.milliseconds(100))
        #expect(fixture.dialed == [1, 2])
        fixture.greet(2)
        fixture.reply("a", on: 2)
        #expect(fixture.hasSucceeded("a"))
    }
}
