/// A point in time in whole milliseconds since 1970-01-01T00:00:00Z, between the years 1 and 9999:
/// what every engine and client language can hold.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970, negative before.
    public let milliseconds: Int64

    /// 0001-01-01T00:00:00.000Z … 9999-12-31T23:59:59.999Z.
    public static let validMilliseconds: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// - Returns: nil outside the years 1 to 9999.
    public init?(milliseconds: Int64) {
        guard Self.validMilliseconds.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// Earlier than.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// The time truncated (towards the past) to whole seconds.
    public var truncatedToSeconds: Timestamp {
        Timestamp(milliseconds: milliseconds - Self.remainder(milliseconds, 1000))!
    }

    /// From the payload of extension type −1, any of the three layouts of the MessagePack specification.
    /// - Throws: `invalidInput` for other lengths, nanoseconds over 999,999,999 and times out of range.
    public init(payload: UnsafeRawBufferPointer) throws(SluiceError) {
        let seconds: Int64
        let nanoseconds: UInt32
        switch payload.count {
        case 4:
            seconds = Int64(UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self)))
            nanoseconds = 0
        case 8:
            let packed = UInt64(bigEndian: payload.loadUnaligned(as: UInt64.self))
            seconds = Int64(packed & 0x3_ffff_ffff)
            nanoseconds = UInt32(packed >> 34)
        case 12:
            nanoseconds = UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self))
            seconds = Int64(bigEndian: payload.loadUnaligned(fromByteOffset: 4, as: Int64.self))
        default: throw .invalidInput("a timestamp of \(payload.count) bytes; it has 4, 8 or 12")
        }
        guard nanoseconds <= 999_999_999 else { throw .invalidInput("a timestamp with \(nanoseconds) nanoseconds") }
        guard seconds.magnitude < 1 << 40,
            let valid = Timestamp(milliseconds: seconds * 1000 + Int64(nanoseconds / 1_000_000))
        else { throw .invalidInput("a timestamp outside the years 1 to 9999") }
        self = valid
    }

    /// Appends the shortest of the three layouts.
    public func write(to writer: inout MessagePackWriter) {
        let fraction = Self.remainder(milliseconds, 1000)
        let seconds = (milliseconds - fraction) / 1000
        let nanoseconds = UInt64(fraction) * 1_000_000
        if seconds >= 0, seconds < 1 << 34 {
            let packed = nanoseconds << 34 | UInt64(seconds)
            if packed >> 32 == 0 {
                withUnsafeBytes(of: UInt32(packed).bigEndian) { writer.ext(ExtensionType.timestamp, $0) }
            } else {
                withUnsafeBytes(of: packed.bigEndian) { writer.ext(ExtensionType.timestamp, $0) }
            }
        } else {
            withUnsafeTemporaryAllocation(byteCount: 12, alignment: 8) { buffer in
                buffer.storeBytes(of: UInt32(nanoseconds).bigEndian, as: UInt32.self)
                buffer.storeBytes(of: seconds.bigEndian, toByteOffset: 4, as: Int64.self)
                writer.ext(ExtensionType.timestamp, UnsafeRawBufferPointer(buffer))
            }
        }
    }

    /// The remainder that is never negative.
    static func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
    public var description: String {
        let fraction = Self.remainder(milliseconds, 1000)
        let seconds = (milliseconds - fraction) / 1000
        let secondOfDay = Self.remainder(seconds, 86_400)
        let (year, month, day) = Self.civil(fromDays: (seconds - secondOfDay) / 86_400)
        func pad(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(secondOfDay / 3600, 2)):\(pad(secondOfDay / 60 % 60, 2)):"
            + "\(pad(secondOfDay % 60, 2)).\(pad(fraction, 3))Z"
    }

    /// From RFC 3339 text with any offset (section 5.6; `Z` or `±hh:mm`), the fraction truncated to milliseconds.
    /// - Returns: nil when the text is not such a time, or is out of range.
    public init?(text: String) {
        let characters = Array(text.utf8)
        guard characters.count >= 20, characters[4] == 0x2d, characters[7] == 0x2d, characters[10] | 0x20 == 0x74, characters[13] == 0x3a,
            characters[16] == 0x3a
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for character in characters[range] {
                guard (0x30...0x39).contains(character) else { return nil }
                value = value * 10 + Int64(character - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), day >= 1, hour < 24, minute < 60,
            second < 60
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if characters[position] == 0x2e {
            position += 1
            let start = position
            while position < characters.count, (0x30...0x39).contains(characters[position]) {
                if position < start + 3 { fraction = fraction * 10 + Int64(characters[position] - 0x30) }
                position += 1
            }
            guard position > start else { return nil }
            for _ in min(3, position - start)..<3 { fraction *= 10 }
        }
        guard position < characters.count else { return nil }
        var offset: Int64 = 0
        if characters[position] | 0x20 == 0x7a {
            guard position + 1 == characters.count else { return nil }
        } else {
            guard characters.count == position + 6, characters[position + 3] == 0x3a, let hours = number(position + 1..<position + 3),
                let minutes = number(position + 4..<position + 6), hours < 24, minutes < 60, [0x2b, 0x2d].contains(characters[position])
            else { return nil }
            offset = (hours * 60 + minutes) * (characters[position] == 0x2b ? 60 : -60)
        }
        let days = Self.days(year, month, day)
        guard Self.civil(fromDays: days) == (year, month, day) else { return nil }
        self.init(milliseconds: (days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1000 + fraction)
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The inverse of `days`.
    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }
}
