/// Something that stands in an `IndexedHeap`, and remembers where.
protocol HeapElement: AnyObject {
    /// The position in the heap; −1 while it is in none.
    var heapPosition: Int { get set }
    /// Whether it comes before another.
    func precedes(_ other: Self) -> Bool
}
