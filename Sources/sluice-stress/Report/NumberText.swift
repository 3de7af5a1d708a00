/// Numbers as people read them.
enum NumberText {
    /// With this many digits behind the point; "–" for what has no value, like the ratio to nothing.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        guard value.isFinite else { return "–" }
        guard abs(value) * scale < 1e18 else { return "\(value)" }
        let scaled = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + grouped(scaled) }
        let fraction = String(scaled % Int64(scale))
        return sign + grouped(scaled / Int64(scale)) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// Three digits that count, so 3.14, 31.4 and 314.
    static func short(_ value: Double) -> String { fixed(value, abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0) }

    private static func grouped(_ value: Int64) -> String {
        var text = ""
        for (index, digit) in String(value).reversed().enumerated() {
            if index > 0 && index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
