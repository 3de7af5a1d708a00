import SluiceBackend

/// The requests in flight by deadline: a binary heap in which each element knows its place, so that an answered request leaves at once.
struct DeadlineHeap<Element: DeadlineHolder> {
    private var elements: [Element] = []

    var isEmpty: Bool { elements.isEmpty }
    var earliest: Element? { elements.first }

    mutating func insert(_ element: Element) {
        precondition(element.heapPosition == -1, "it is in the heap already")
        elements.append(element)
        element.heapPosition = elements.count - 1
        rise(elements.count - 1)
    }

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
        while position > 0, element.deadline < elements[(position - 1) / 2].deadline {
            place(elements[(position - 1) / 2], at: position)
            position = (position - 1) / 2
        }
        if position != start { place(element, at: position) }
    }

    private mutating func sink(_ start: Int) {
        let element = elements[start]
        var position = start
        while case let child = leastChild(of: position), child < elements.count, elements[child].deadline < element.deadline {
            place(elements[child], at: position)
            position = child
        }
        if position != start { place(element, at: position) }
    }

    private func leastChild(of position: Int) -> Int {
        let left = 2 * position + 1
        return left + 1 < elements.count && elements[left + 1].deadline < elements[left].deadline ? left + 1 : left
    }

    private mutating func place(_ element: Element, at position: Int) {
        elements[position] = element
        element.heapPosition = position
    }
}
