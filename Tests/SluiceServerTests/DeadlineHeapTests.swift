import SluiceBackend
import Testing

@testable import SluiceServer

/// The heap against sorting, with removals from its middle.
@Suite struct DeadlineHeapTests {
    private final class Holder: DeadlineHolder {
        let deadline: MonotonicTime
        var heapPosition = -1
        init(_ nanoseconds: UInt64) { deadline = MonotonicTime(nanoseconds: nanoseconds) }
    }

    @Test func theEarliestIsAlwaysFirst() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var heap = DeadlineHeap<Holder>()
            var holders = (0..<60).map { _ in Holder(UInt64.random(in: 0..<40, using: &generator)) }
            for holder in holders { heap.insert(holder) }
            for _ in 0..<20 { heap.remove(holders.remove(at: Int.random(in: 0..<holders.count, using: &generator))) }
            var drained: [MonotonicTime] = []
            while let earliest = heap.earliest {
                drained.append(earliest.deadline)
                heap.remove(earliest)
            }
            #expect(drained == holders.map(\.deadline).sorted())
        }
    }
}
