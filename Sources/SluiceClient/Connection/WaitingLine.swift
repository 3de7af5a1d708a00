/// Ids in the order in which they are to be sent; those that were sent before go to the front. Owned by `ConnectionMachine`.
struct WaitingLine: Sendable {
    /// Reversed: the last is the first.
    private var front: [Int64] = []
    private var back: [Int64] = []
    private var head = 0

    mutating func append(_ id: Int64) { back.append(id) }

    /// Puts ids before all others, in their order.
    mutating func prepend(_ ids: [Int64]) { front.append(contentsOf: ids.reversed()) }

    mutating func popFirst() -> Int64? {
        if let id = front.popLast() { return id }
        guard head < back.count else { return nil }
        defer {
            head += 1
            if head == back.count {
                back.removeAll(keepingCapacity: true)
                head = 0
            } else if head > 1024, head > back.count / 2 {
                back.removeFirst(head)
                head = 0
            }
        }
        return back[head]
    }
}
