import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// Going away, definitions on new links, and cancelling.
@Suite struct LeavingTests {
    private func goAway(_ fixture: inout MachineFixture, _ link: Int) {
        fixture.receive(on: link) { ReplyEncoder.goingAway(reason: "restart", to: &$0) }
    }

    @Test func aLeavingLinkGetsItsRepliesWhileANewOneTakesTheNewRequests() {
        var fixture = MachineFixture.open()
        fixture.submit("old", .save, "r")
        _ = fixture.sent(1)
        goAway(&fixture, 1)
        fixture.submit("new", .save, "r")
        #expect(fixture.sent(1) == [])
        #expect(fixture.closed == [])
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        #expect(fixture.sent(2) == [.hello, .request("new", attempt: 1)])
        fixture.reply("old", on: 1)
        #expect(fixture.hasSucceeded("old"))
        #expect(fixture.closed == [1])
        fixture.reply("new", on: 2)
        #expect(fixture.hasSucceeded("new"))
    }

    @Test func anIdleLinkClosesAtOnce() {
        var fixture = MachineFixture.open()
        goAway(&fixture, 1)
        #expect(fixture.closed == [1])
        fixture.pass(.seconds(60))
        #expect(fixture.dialed == [1])
    }

    @Test func whatReachesTheLeavingDaemonIsRepeatedElsewhere() {
        var fixture = MachineFixture.open()
        fixture.submit("update", .save, "r")
        _ = fixture.sent(1)
        goAway(&fixture, 1)
        fixture.refuse("update", SluiceError(.shuttingDown, "leaving"), on: 1)
        #expect(fixture.closed == [1])
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        #expect(fixture.sent(2) == [.hello, .request("update", attempt: 2)])
    }

    private func defined() -> MachineFixture {
        var fixture = MachineFixture.open()
        for name in ["users", "roles"] {
            fixture.submit(name, .define, name, arguments: [0x80])
            fixture.reply(name, on: 1)
        }
        _ = fixture.sent(1)
        fixture.lose(1)
        return fixture
    }

    private func definitionIDs(_ sent: [MachineFixture.Sent]) -> [String: Int64] {
        var ids: [String: Int64] = [:]
        for case .define(let repository, let id) in sent { ids[repository] = id }
        return ids
    }

    @Test func definitionsGoFirstAndHoldOnlyTheirOwnRepositorysRequests() throws {
        var fixture = defined()
        fixture.submit("user1", .getOne, "users")
        fixture.submit("other", .getOne, "other")
        fixture.submit("user2", .getOne, "users")
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        let sent = fixture.sent(2)
        #expect(sent.count == 4)
        #expect(sent[0] == .hello)
        let ids = definitionIDs(Array(sent[1...2]))
        #expect(ids.count == 2)
        #expect(sent[3] == .request("other", attempt: 1))
        fixture.receive(on: 2) { ReplyEncoder.null(id: ids["roles"]!, to: &$0) }
        #expect(fixture.sent(2) == [])
        fixture.receive(on: 2) { ReplyEncoder.null(id: ids["users"]!, to: &$0) }
        #expect(fixture.sent(2) == [.request("user1", attempt: 1), .request("user2", attempt: 1)])
    }

    @Test func aDefinitionThatFailsForGoodLetsTheDaemonSayTheRest() throws {
        var fixture = defined()
        fixture.submit("user", .getOne, "users")
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        let ids = definitionIDs(fixture.sent(2))
        let id = try #require(ids["users"])
        fixture.receive(on: 2) { ReplyEncoder.error(id: id, .invalidInput("conflict"), to: &$0) }
        #expect(fixture.sent(2) == [.request("user", attempt: 1)])
    }

    @Test func aDefinitionThatIsRefusedForNowIsSentAgain() throws {
        var fixture = defined()
        fixture.submit("user", .getOne, "users")
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        let id = try #require(definitionIDs(fixture.sent(2))["users"])
        fixture.receive(on: 2) { ReplyEncoder.error(id: id, SluiceError(.unavailable, "engine"), to: &$0) }
        #expect(fixture.sent(2) == [])
        fixture.pass(.milliseconds(100))
        #expect(fixture.sent(2) == [.define("users", id: id)])
        fixture.receive(on: 2) { ReplyEncoder.null(id: id, to: &$0) }
        #expect(fixture.sent(2) == [.request("user", attempt: 1)])
    }

    @Test func aLinkLostAmidItsDefinitionsLosesNoRequest() {
        var fixture = defined()
        fixture.submit("user", .save, "users")
        fixture.pass(.milliseconds(100))
        fixture.greet(2)
        _ = fixture.sent(2)
        fixture.lose(2)
        fixture.pass(.seconds(1))
        #expect(fixture.dialed == [1, 2, 3])
        fixture.greet(3)
        let ids = definitionIDs(fixture.sent(3))
        #expect(ids.count == 2)
        for id in ids.values { fixture.receive(on: 3) { ReplyEncoder.null(id: id, to: &$0) } }
        #expect(fixture.sent(3) == [.request("user", attempt: 1)])
        fixture.reply("user", on: 3)
        #expect(fixture.hasSucceeded("user"))
        #expect(fixture.machine.requests.isEmpty)
    }

    @Test func theSameDefinitionIsKeptOnce() {
        var fixture = MachineFixture.open()
        for name in ["first", "second"] {
            fixture.submit(name, .define, "users", arguments: [0x80])
            fixture.reply(name, on: 1)
        }
        #expect(fixture.machine.definitions.count == 1)
    }

    @Test func cancellingWhatIsQueuedEndsItAtOnce() {
        var fixture = MachineFixture.open(maxInFlight: 1)
        _ = fixture.sent(1)
        fixture.submit("a", .ping)
        fixture.submit("b", .save, "r")
        fixture.cancel("b")
        #expect(fixture.error("b")?.reason == "cancelled")
        #expect(fixture.error("b")?.isOutcomeKnown == true)
        #expect(fixture.sent(1) == [.request("a", attempt: 1)])
        fixture.reply("a", on: 1)
        #expect(fixture.sent(1) == [])
    }

    @Test func cancellingWhatIsInFlightAsksTheDaemonAndTakesItsWord() {
        var fixture = MachineFixture.open()
        _ = fixture.sent(1)
        fixture.submit("read", .getAll, "r")
        fixture.submit("write", .save, "r")
        _ = fixture.sent(1)
        fixture.cancel("read")
        fixture.cancel("write")
        fixture.cancel("write")
        #expect(fixture.sent(1) == [.cancel("read"), .cancel("write")])
        let cancelled = SluiceError(.deadlineExceeded, "cancelled", details: ["reason": "cancelled"])
        fixture.refuse("read", cancelled, on: 1)
        fixture.reply("write", on: 1)
        #expect(fixture.error("read")?.reason == "cancelled")
        #expect(fixture.hasSucceeded("write"))
    }

    @Test func aDaemonThatTakesNoCancelsIsNotAsked() {
        var fixture = MachineFixture.open(features: [])
        fixture.submit("write", .save, "r")
        _ = fixture.sent(1)
        fixture.cancel("write")
        #expect(fixture.error("write")?.isOutcomeKnown == false)
        #expect(fixture.sent(1) == [])
        fixture.reply("write", on: 1)
        #expect(fixture.machine.requests.isEmpty)
    }

    @Test func whatWasCancelledIsNotSentAgain() {
        var fixture = MachineFixture.open()
        fixture.submit("read", .getOne, "r")
        fixture.submit("create", .save, "r", isRepeatable: true)
        _ = fixture.sent(1)
        fixture.cancel("read")
        fixture.cancel("create")
        _ = fixture.sent(1)
        fixture.refuse("read", SluiceError(.overloaded, "full"), on: 1)
        #expect(fixture.error("read")?.code == .overloaded)
        fixture.lose(1)
        #expect(fixture.error("create")?.reason == "cancelled")
        #expect(fixture.error("create")?.isOutcomeKnown == false)
        fixture.pass(.seconds(60))
        #expect(fixture.dialed == [1])
    }
}
