import SluiceTesting
import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// Anything may happen in any order: whatever does, each request is answered once, and a write that is
/// not safe to repeat is carried out at most once.
@Suite struct MachineChaosTests {
    private struct Daemon {
        /// In flight on each open link, as the daemon sees it, and whether it was carried out.
        var inFlight: [Int: [String: Bool]] = [:]
        /// How often a write was carried out.
        var carriedOut: [String: Int] = [:]
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func eachRequestIsAnsweredOnceAndNoUnsafeWriteHappensTwice(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var fixture = MachineFixture()
        var daemon = Daemon()
        var names: [String] = []
        for step in 0..<300 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3:
                let name = (Bool.random(using: &random) ? "unsafe" : "safe") + "\(step)"
                names.append(name)
                let deadline = Duration.milliseconds(Int.random(in: 1...3000, using: &random))
                fixture.submit(name, .save, "r\(step % 2)", deadline: deadline, isRepeatable: name.hasPrefix("safe"))
            case 4...6: answerSome(&fixture, &daemon, &random)
            case 7: openDialed(&fixture, &daemon, &random)
            case 8: fixture.pass(.milliseconds(Int.random(in: 1...400, using: &random)))
            case 9:
                if let link = daemon.inFlight.keys.sorted().randomElement(using: &random) {
                    if Bool.random(using: &random) { deliver(&fixture, &daemon, link) }
                    daemon.inFlight[link] = nil
                    fixture.lose(link)
                }
            case 10:
                if let name = names.randomElement(using: &random) { fixture.cancel(name) }
            default:
                if let link = daemon.inFlight.keys.sorted().randomElement(using: &random) {
                    fixture.receive(on: link) { ReplyEncoder.goingAway(reason: "", to: &$0) }
                }
            }
            for link in daemon.inFlight.keys.sorted() { deliver(&fixture, &daemon, link) }
            for link in fixture.closed { daemon.inFlight[link] = nil }
            for (link, requests) in daemon.inFlight { #expect(requests.count <= 3, "over the cap on link \(link)") }
        }
        fixture.pass(.seconds(10))
        for name in names { #expect(fixture.answers[name] != nil, "'\(name)' was never answered, seed \(seed)") }
        for (name, times) in daemon.carriedOut where name.hasPrefix("unsafe") {
            #expect(times == 1, "'\(name)' was carried out \(times) times, seed \(seed)")
        }
        for name in names where daemon.carriedOut[name] != nil && fixture.error(name)?.isOutcomeKnown == true {
            #expect(Bool(false), "'\(name)' was carried out and called known not to be, seed \(seed)")
        }
    }

    /// The daemon reads what was written.
    private func deliver(_ fixture: inout MachineFixture, _ daemon: inout Daemon, _ link: Int) {
        for case .request(let name, _) in fixture.sent(link) { daemon.inFlight[link]?[name] = false }
    }

    private func openDialed(_ fixture: inout MachineFixture, _ daemon: inout Daemon, _ random: inout SeededGenerator) {
        guard case .connecting(let link) = fixture.machine.route, fixture.machine.links[link] == nil else { return }
        if Int.random(in: 0..<3, using: &random) == 0 { return fixture.failToConnect(link) }
        daemon.inFlight[link] = [:]
        fixture.greet(link, maxInFlight: 3)
    }

    /// Carries a request out and answers, refuses it, or carries it out and says nothing yet.
    private func answerSome(_ fixture: inout MachineFixture, _ daemon: inout Daemon, _ random: inout SeededGenerator) {
        for link in daemon.inFlight.keys.sorted() {
            guard let (name, isDone) = daemon.inFlight[link]?.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else {
                continue
            }
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where !isDone:
                daemon.inFlight[link]?[name] = true
                daemon.carriedOut[name, default: 0] += 1
            case 1 where daemon.carriedOut[name] == nil:
                daemon.inFlight[link]?[name] = nil
                let code = [ErrorCode.overloaded, .unavailable, .shuttingDown, .notFound].randomElement(using: &random)!
                fixture.refuse(name, SluiceError(code, "no"), on: link)
            default:
                daemon.inFlight[link]?[name] = nil
                if !isDone { daemon.carriedOut[name, default: 0] += 1 }
                fixture.reply(name, on: link)
            }
        }
    }
}
