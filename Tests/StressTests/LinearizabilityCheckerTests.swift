import Testing

@testable import sluice_stress

/// The checker on histories of which is known what they are.
@Suite struct LinearizabilityCheckerTests {
    private typealias Event = HistoryEvent

    private func verdict(_ events: [HistoryEvent]) -> LinearizabilityChecker.Verdict {
        var checker = LinearizabilityChecker(events)
        return checker.verdict()
    }

    private func isViolated(_ events: [HistoryEvent]) -> Bool {
        if case .violated = verdict(events) { true } else { false }
    }

    @Test func acceptsOneAfterTheOther() {
        #expect(
            verdict([
                Event(.read, .refused, invoked: 0, returned: 1),
                Event(.create, .done, value: 7, invoked: 2, returned: 3),
                Event(.create, .refused, value: 8, invoked: 4, returned: 5),
                Event(.read, .done, value: 7, invoked: 6, returned: 7),
                Event(.update, .done, value: 9, invoked: 8, returned: 9),
                Event(.swap, .refused, value: 10, expected: 7, invoked: 10, returned: 11),
                Event(.swap, .done, value: 11, expected: 9, invoked: 12, returned: 13),
                Event(.delete, .done, invoked: 14, returned: 15),
                Event(.delete, .refused, invoked: 16, returned: 17),
                Event(.update, .refused, value: 12, invoked: 18, returned: 19),
            ]) == .linearizable)
    }

    /// While a write is under way, a read may show what was before and what comes after.
    @Test func acceptsEitherValueOfConcurrentWrites() {
        let begin = [Event(.create, .done, value: 1, invoked: 0, returned: 1), Event(.update, .done, value: 2, invoked: 2, returned: 10)]
        for value in [1, 2] as [Int64] {
            #expect(verdict(begin + [Event(.read, .done, value: value, invoked: 3, returned: 9)]) == .linearizable)
        }
        #expect(
            verdict(
                begin + [
                    Event(.read, .done, value: 1, invoked: 3, returned: 4), Event(.read, .done, value: 2, invoked: 5, returned: 6),
                ]) == .linearizable)
    }

    /// What no single read shows is wrong: two of them see the write happen and then not yet.
    @Test func refusesTimeThatRunsBackwards() {
        #expect(
            isViolated([
                Event(.create, .done, value: 1, invoked: 0, returned: 1), Event(.update, .done, value: 2, invoked: 2, returned: 10),
                Event(.read, .done, value: 2, invoked: 3, returned: 4), Event(.read, .done, value: 1, invoked: 5, returned: 6),
            ]))
    }

    @Test func refusesAStaleRead() {
        #expect(
            isViolated([
                Event(.create, .done, value: 1, invoked: 0, returned: 1), Event(.update, .done, value: 2, invoked: 2, returned: 3),
                Event(.read, .done, value: 1, invoked: 4, returned: 5),
            ]))
    }

    @Test func refusesALostUpdate() {
        let swaps = [Event(.swap, .done, value: 2, expected: 1, invoked: 2, returned: 9)]
        let other = [Event(.swap, .done, value: 3, expected: 1, invoked: 3, returned: 8)]
        #expect(isViolated([Event(.create, .done, value: 1, invoked: 0, returned: 1)] + swaps + other))
    }

    @Test func refusesTwoCreatesOfOneRecord() {
        #expect(
            isViolated([
                Event(.create, .done, value: 1, invoked: 0, returned: 9), Event(.create, .done, value: 2, invoked: 1, returned: 8),
            ]))
    }

    @Test func refusesARecordThatComesBack() {
        #expect(
            isViolated([
                Event(.create, .done, value: 1, invoked: 0, returned: 1), Event(.delete, .done, invoked: 2, returned: 3),
                Event(.read, .done, value: 1, invoked: 4, returned: 5),
            ]))
    }

    /// A timeout leaves a write open: it may show long after, or never, but once it has shown it has happened.
    @Test func leavesUnknownOutcomesOpen() {
        let begin = [Event(.create, .done, value: 1, invoked: 0, returned: 1), Event(.update, .unknown, value: 2, invoked: 2)]
        let old = Event(.read, .done, value: 1, invoked: 10, returned: 11)
        let new = Event(.read, .done, value: 2, invoked: 20, returned: 21)
        let oldAgain = Event(.read, .done, value: 1, invoked: 30, returned: 31)
        #expect(verdict(begin + [old]) == .linearizable)
        #expect(verdict(begin + [old, new]) == .linearizable)
        #expect(isViolated(begin + [old, new, oldAgain]))
        // Before it was sent it cannot have shown.
        #expect(isViolated(begin + [Event(.read, .done, value: 2, invoked: 1, returned: 1)]))
    }

    @Test func anUnknownSwapHappensOnlyToWhatItExpects() {
        let swap = Event(.swap, .unknown, value: 2, expected: 5, invoked: 2)
        let created = Event(.create, .done, value: 1, invoked: 0, returned: 1)
        #expect(isViolated([created, swap, Event(.read, .done, value: 2, invoked: 3, returned: 4)]))
        #expect(verdict([created, swap, Event(.read, .done, value: 1, invoked: 3, returned: 4)]) == .linearizable)
    }

    /// Made by a register that works, with overlapping times; then with one value taken from the past.
    @Test(arguments: 1...20) func judgesLongHistories(_ seed: UInt64) {
        var random = seed &* 0x9e37_79b9_7f4a_7c15
        func next(_ bound: UInt64) -> UInt64 {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return random % bound
        }
        var value: Int64 = 1
        var events = [Event(.create, .done, value: 1, invoked: 0, returned: 1)]
        for step in 1...400 {
            let instant = UInt64(step) * 10
            // Begun up to four steps before its instant, ended up to four after.
            let times = (instant - next(min(40, instant)), instant + next(40))
            if next(3) == 0 {
                value += 1
                events.append(Event(.update, .done, value: value, invoked: times.0, returned: times.1))
            } else {
                events.append(Event(.read, .done, value: value, invoked: times.0, returned: times.1))
            }
        }
        #expect(verdict(events) == .linearizable)
        #expect(isViolated(events + [Event(.read, .done, value: 1, invoked: 5_000, returned: 5_001)]))
    }
}
