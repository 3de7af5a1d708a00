/// Finds out whether a history of one record could have come from one that does one thing at a time: whether each request can be given an
/// instant between its begin and its end so that all outcomes follow. A request with an unknown outcome may have its instant at any time
/// after its begin, or never.
///
/// The search is Wing and Gong's with Lowe's memory of what was tried ("Testing for linearizability", 2017): requests are taken out of the
/// list of begins and ends one by one, and a set of requests taken with the state they lead to is looked into once.
struct LinearizabilityChecker {
    enum Verdict: Equatable {
        case linearizable
        /// At most so many requests can be put in an order; `blocked` is one that cannot be put after them.
        case violated(ordered: Int, blocked: Int)
        /// The search was given up.
        case undecided
    }

    /// A begin or an end in the list. Index 0 is the list's head.
    private struct Entry {
        let event: Int
        var isBegin: Bool
        /// Of a begin: where its end stands.
        var end = 0
        var previous = 0
        var next = 0
    }

    private struct Tried: Hashable {
        let taken: [UInt64]
        let state: RecordState
    }

    private let events: [HistoryEvent]
    private var entries: [Entry] = [Entry(event: -1, isBegin: false)]
    private var taken: [UInt64]
    private var state = RecordState(nil)

    /// - Parameter events: those of one record, which is not there at first.
    init(_ events: [HistoryEvent]) {
        self.events = events
        taken = Array(repeating: 0, count: events.count / 64 + 1)
        // At one time a begin goes before an end: such requests overlap.
        let ends = events.indices.flatMap { [(events[$0].invoked, 0, $0), (events[$0].returned, 1, $0)] }.sorted { $0 < $1 }
        var begins = [Int](repeating: 0, count: events.count)
        for (_, kind, event) in ends {
            let place = entries.count
            entries[place - 1].next = place
            entries.append(Entry(event: event, isBegin: kind == 0, previous: place - 1))
            if kind == 0 { begins[event] = place } else { entries[begins[event]].end = place }
        }
    }

    /// - Parameter mostTried: how many sets of requests are looked into before the search is given up.
    mutating func verdict(mostTried: Int = 2_000_000) -> Verdict {
        var left = events.count { $0.outcome != .unknown }
        var order: [(place: Int, state: RecordState)] = []
        var tried: Set<Tried> = []
        var farthest = (ordered: 0, blocked: 0)
        var place = entries[0].next
        while left > 0 {
            let entry = entries[place]
            if entry.isBegin {
                if let next = events[entry.event].happening(to: state.value), take(entry.event, next, &tried) {
                    order.append((place, state))
                    state = next
                    lift(place)
                    if events[entry.event].outcome != .unknown { left -= 1 }
                    place = entries[0].next
                } else {
                    place = entry.next
                }
                if tried.count > mostTried { return .undecided }
                continue
            }
            // The end of a request that was not taken: one taken before must have been the wrong one.
            if order.count >= farthest.ordered { farthest = (order.count, entry.event) }
            guard let last = order.popLast() else { return .violated(ordered: farthest.ordered, blocked: farthest.blocked) }
            let event = entries[last.place].event
            taken[event / 64] &= ~(1 << UInt64(event % 64))
            if events[event].outcome != .unknown { left += 1 }
            state = last.state
            unlift(last.place)
            place = entries[last.place].next
        }
        return .linearizable
    }

    /// Takes the event unless that has been tried with the same others and to the same end.
    private mutating func take(_ event: Int, _ next: RecordState, _ tried: inout Set<Tried>) -> Bool {
        taken[event / 64] |= 1 << UInt64(event % 64)
        if tried.insert(Tried(taken: taken, state: next)).inserted { return true }
        taken[event / 64] &= ~(1 << UInt64(event % 64))
        return false
    }

    private mutating func lift(_ begin: Int) {
        for place in [begin, entries[begin].end] {
            entries[entries[place].previous].next = entries[place].next
            if entries[place].next != 0 { entries[entries[place].next].previous = entries[place].previous }
        }
    }

    /// In the reverse order, so that neighbours are found where they were.
    private mutating func unlift(_ begin: Int) {
        for place in [entries[begin].end, begin] {
            entries[entries[place].previous].next = place
            if entries[place].next != 0 { entries[entries[place].next].previous = place }
        }
    }
}
