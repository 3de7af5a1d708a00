import CBench

/// One request on one record: what was asked, what came of it, and when.
struct HistoryEvent {
    enum Kind: UInt32 {
        case read, create, update
        /// An update of a record that holds a certain value.
        case swap
        case delete
    }

    enum Outcome: UInt32 {
        /// Found, or written.
        case done
        /// Not found, or there already.
        case refused
        /// A write that may have happened, or may yet.
        case unknown
    }

    let kind: Kind
    let outcome: Outcome
    /// What was read or written.
    let value: Int64
    /// What a swap asked to be there before.
    let expected: Int64
    let invoked: UInt64
    /// The end of time for an unknown outcome.
    let returned: UInt64

    init(_ kind: Kind, _ outcome: Outcome, value: Int64 = 0, expected: Int64 = 0, invoked: UInt64, returned: UInt64 = .max) {
        self.kind = kind
        self.outcome = outcome
        self.value = value
        self.expected = expected
        self.invoked = invoked
        self.returned = outcome == .unknown ? .max : returned
    }

    /// What a generator kept; nil for what is none.
    init?(_ event: bench_event) {
        guard let kind = Kind(rawValue: event.kind), let outcome = Outcome(rawValue: event.outcome) else { return nil }
        self.init(
            kind, outcome, value: event.value, expected: event.expected, invoked: event.invoked, returned: event.returned)
    }

    /// What a record with this value, nil when there is none, becomes when the request happens to it.
    /// - Returns: nil when the request could not have had its outcome then.
    func happening(to value: Int64?) -> RecordState? {
        switch (kind, outcome) {
        case (.read, .done): value == self.value ? RecordState(value) : nil
        case (.read, .refused), (.update, .refused), (.delete, .refused): value == nil ? RecordState(nil) : nil
        case (.create, .done): value == nil ? RecordState(self.value) : nil
        case (.create, .refused): value != nil ? RecordState(value) : nil
        case (.create, .unknown): RecordState(value ?? self.value)
        case (.update, .done): value != nil ? RecordState(self.value) : nil
        case (.update, .unknown): RecordState(value == nil ? nil : self.value)
        case (.swap, .done): value == expected ? RecordState(self.value) : nil
        case (.swap, .refused): value != expected ? RecordState(value) : nil
        case (.swap, .unknown): RecordState(value == expected ? self.value : value)
        case (.delete, .done): value != nil ? RecordState(nil) : nil
        case (.delete, .unknown): RecordState(nil)
        case (.read, .unknown): RecordState(value)
        }
    }

    /// For people.
    func text(since start: UInt64) -> String {
        func time(_ nanoseconds: UInt64) -> String { nanoseconds == .max ? "…" : "\((nanoseconds - min(start, nanoseconds)) / 1000)" }
        let what =
            switch kind {
            case .read: outcome == .done ? "read \(value)" : "read"
            case .swap: "swap \(expected) for \(value)"
            case .create: "create \(value)"
            case .update: "update to \(value)"
            case .delete: "delete"
            }
        return "\(time(invoked))..\(time(returned)) µs  \(what): \(outcome)"
    }
}
