import Glibc
import SluiceClient

/// A time as a person types it behind `@`: a day, a day and a time, or `now`. Without an offset it is UTC.
enum TypedTime {
    /// - Throws: when it is none, with the forms.
    static func parse(_ text: some StringProtocol) throws(TypingFault) -> Timestamp {
        if text == "now" { return now() }
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        let day = parts[0]
        let clock = parts.count == 2 ? complete(String(parts[1])) : "00:00:00Z"
        guard let time = Timestamp(text: "\(day)T\(clock)") else {
            let forms = "@2026-01-02, @2026-01-02T03:04, @2026-01-02T03:04:05.678+01:00 and @now"
            throw TypingFault("'@\(text)' is no time: \(forms) are; text stands in double quotes")
        }
        return time
    }

    /// Adds the seconds and the offset that were left out.
    private static func complete(_ clock: String) -> String {
        let offset = clock.firstIndex { "Zz+-".contains($0) } ?? clock.endIndex
        let time = clock[..<offset]
        let zone = offset == clock.endIndex ? "Z" : clock[offset...]
        return time + (time.count == 5 ? ":00" : "") + zone
    }

    private static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)!
    }
}
