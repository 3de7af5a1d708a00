/// A binary heap in which each element knows its place, so that one that is done leaves at once: requests by deadline, sessions by what
/// they owe, clients by how much they have queued.
struct IndexedHeap<Element: HeapElement> {
    private var elements: [Element] = []

    var isEmpty: Bool { elements.isEmpty }
    var first: Element? { elements.first }

    mutating func insert(_ element: Element) {
        precondition(element.heapPosition == -1, "it is in the heap already")
        elements.append(element)
        element.heapPosition = elements.count - 1
        rise(elements.count - 1)
    }

    /// Inserts an element, or moves one whose rank has changed to where it belongs.
    mutating func place(_ element: Element) {
        guard element.heapPosition >= 0 else { return insert(element) }
        rise(element.heapPosition)
        sink(element.heapPosition)
    }

    /// Takes out an element, if it is in.
    mutating func remove(_ element: Element) {
        let position = element.heapPosition
        guard position >= 0 else { return }
        element.heapPosition = -1
        let last = elements.removeLast()
        guard position < elements.count else { return }
        elements[position] = last
        last.heapPosition = position
        rise(position)
        sink(last.heapPosition)
    }

    private mutating func rise(_ start: Int) {
        let element = elements[start]
        var position = start
        while position > 0, element.precedes(elements[(position - 1) / 2]) {
            put(elements[(position - 1) / 2], at: position)
            position = (position - 1) / 2
        }
        if position != start { put(element, at: position) }
    }

    private mutating func sink(_ start: Int) {
        let element = elements[start]
        var position = start
        while case let child = leastChild(of: position), child < elements.count, elements[child].precedes(element) {
            put(elements[child], at: position)
            position = child
        }
        if position != start { put(element, at: position) }
    }

    private func leastChild(of position: Int) -> Int {
        let left = 2 * position + 1
        return left + 1 < elements.count && elements[left + 1].precedes(elements[left]) ? left + 1 : left
    }

    private mutating func put(_ element: Element, at position: Int) {
        elements[position] = element
        element.heapPosition = position
    }
}
