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
        var position = start
        while position > 0, elements[position].deadline < elements[(position - 1) / 2].deadline {
            exchange(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var position = start
        while true {
            var least = position
            for child in [2 * position + 1, 2 * position + 2] where child < elements.count {
                if elements[child].deadline < elements[least].deadline { least = child }
            }
            guard least != position else { return }
            exchange(position, least)
            position = least
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        elements.swapAt(left, right)
        elements[left].heapPosition = left
        elements[right].heapPosition = right
    }
}
