import SluiceBackend

/// Something with a deadline that stands in a `DeadlineHeap`, and remembers where.
protocol DeadlineHolder: AnyObject {
    var deadline: MonotonicTime { get }
    /// The position in the heap; −1 while it is in none.
    var heapPosition: Int { get set }
}
