/// The names of a list's elements: "0", "1", "2" …
struct ListIndex {
    private var number = 0

    /// The next name.
    mutating func next() -> String {
        defer { number += 1 }
        return String(number)
    }
}
