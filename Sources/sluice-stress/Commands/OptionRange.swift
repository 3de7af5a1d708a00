import ArgumentParser

/// From where to where the number of an option may be. A value that checks; whoever declares the option has one.
struct OptionRange<Number: Comparable & Sendable>: Sendable {
    let option: String
    let range: ClosedRange<Number>
    /// What the number counts, with a space before it; nothing where the option says it.
    private let unit: String

    init(_ option: String, _ range: ClosedRange<Number>, _ unit: String = "") {
        self.option = option
        self.range = range
        self.unit = unit.isEmpty ? "" : " \(unit)"
    }

    /// - Parameter number: what was given; nil when nothing was.
    /// - Throws: `ValidationError` for a number outside, and for one that is none.
    func check(_ number: Number?) throws {
        guard let number, !range.contains(number) else { return }
        throw ValidationError(
            "\(option) is from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))\(unit), not \(Self.text(number)).")
    }

    /// Whole numbers as people write them.
    private static func text(_ number: Number) -> String {
        guard let value = number as? Double, value == value.rounded(), abs(value) < 1e15 else { return "\(number)" }
        return "\(Int(value))"
    }
}

extension OptionRange<Double> {
    /// How long something takes: no more than a day.
    static func seconds(_ option: String, from least: Double) -> OptionRange { OptionRange(option, least...86_400, "seconds") }
}
