import SluiceTesting

/// A frame as a decoder read it, to be held against what a vector says of it.
protocol FrameMeaning {
    /// What differs, for people; nil when nothing does.
    func difference(from meaning: Vector.Meaning) -> String?
}

extension FrameMeaning {
    /// Names the first of some checks that does not hold.
    func first(_ checks: KeyValuePairs<String, Bool>) -> String? { checks.first { !$0.value }.map { "\($0.key) differs in \(self)" } }
}
