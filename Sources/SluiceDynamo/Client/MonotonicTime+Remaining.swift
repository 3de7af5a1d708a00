import SluiceBackend

extension MonotonicTime {
    /// Whole milliseconds from here to a later point, rounded up; 0 when it is not later. At most a day, which any timer can hold.
    func milliseconds(until end: MonotonicTime) -> Int {
        guard self < end else { return 0 }
        return Int(min((end.nanoseconds - nanoseconds + 999_999) / 1_000_000, 86_400_000))
    }
}
