import Testing

@testable import SluiceServer

/// The heap against sorting, with removals from its middle and ranks that change.
@Suite struct IndexedHeapTests {
    private final class Holder: HeapElement {
        var rank: Int
        var heapPosition = -1
        init(_ rank: Int) { self.rank = rank }
        func precedes(_ other: Holder) -> Bool { rank < other.rank }
    }

    @Test func theFirstIsAlwaysTheLeast() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var heap = IndexedHeap<Holder>()
            var holders = (0..<60).map { _ in Holder(Int.random(in: 0..<40, using: &generator)) }
            for holder in holders { heap.place(holder) }
            for _ in 0..<20 { heap.remove(holders.remove(at: Int.random(in: 0..<holders.count, using: &generator))) }
            for holder in holders.shuffled(using: &generator).prefix(20) {
                holder.rank = Int.random(in: 0..<40, using: &generator)
                heap.place(holder)
            }
            var drained: [Int] = []
            while let first = heap.first {
                drained.append(first.rank)
                heap.remove(first)
            }
            #expect(drained == holders.map(\.rank).sorted())
        }
    }
}
