/// What a record holds: a value, or nothing because it is not there.
struct RecordState: Hashable {
    let value: Int64?

    init(_ value: Int64?) { self.value = value }
}
