import Glibc

/// Lines over an axis, as SVG that takes its colours from the page.
struct Chart {
    struct Place {
        let x: Double
        let y: Double
        /// The spread about y, where there is one.
        var low: Double?
        var high: Double?
    }
    struct Line {
        let name: String
        let points: [Place]
    }
    /// Something that happened.
    struct Mark {
        let x: Double
        let name: String
    }
    enum Unit {
        case number, microseconds
    }

    let title: String
    let x: String
    let unit: Unit
    let lines: [Line]
    var marks: [Mark] = []
    var isLogarithmicX = false
    var isLogarithmicY = false

    private static let width = 900.0
    private static let height = 300.0
    private static let left = 80.0
    private static let right = 20.0
    private static let top = 34.0
    private static let bottom = 40.0

    private var places: [Place] { lines.flatMap(\.points) }

    /// The values at the two ends of an axis.
    private var ends: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
        let xs = places.map(\.x)
        let ys = places.flatMap { [$0.y, $0.high ?? $0.y] }.filter { !isLogarithmicY || $0 > 0 }
        let x = (xs.min() ?? 0)...max(xs.max() ?? 1, (xs.min() ?? 0) + 1)
        guard isLogarithmicY else { return (x, 0...max(1, (ys.max() ?? 1) * 1.05)) }
        let lowest = pow(10, floor(log10(max(0.001, ys.min() ?? 1))))
        return (x, lowest...max(lowest * 10, pow(10, ceil(log10(ys.max() ?? 10)))))
    }

    private func across(_ value: Double) -> Double { Self.share(value, ends.x, isLogarithmicX) * plotWidth + Self.left }
    private func down(_ value: Double) -> Double { Self.top + (1 - Self.share(value, ends.y, isLogarithmicY)) * plotHeight }
    private var plotWidth: Double { Self.width - Self.left - Self.right }
    private var plotHeight: Double { Self.height - Self.top - Self.bottom }

    private static func share(_ value: Double, _ range: ClosedRange<Double>, _ isLogarithmic: Bool) -> Double {
        let value = min(max(value, range.lowerBound), range.upperBound)
        guard isLogarithmic else { return (value - range.lowerBound) / (range.upperBound - range.lowerBound) }
        let low = log10(max(range.lowerBound, 1e-9))
        return (log10(max(value, 1e-9)) - low) / (log10(range.upperBound) - low)
    }

    var svg: String {
        let body = grid + lines.enumerated().map(draw) + marks.map(draw)
        return """
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(title)">
            <text x="\(Int(Self.left))" y="16">\(title)</text>
            \((body + legend).joined(separator: "\n"))
            </svg>
            """
    }

    private var ticksY: [Double] {
        let range = ends.y
        guard isLogarithmicY else { return Self.even(0...range.upperBound, atMost: 5) }
        return sequence(first: range.lowerBound) { $0 * 10 }.prefix { $0 <= range.upperBound * 1.01 }.map { $0 }
    }

    private var ticksX: [Double] {
        guard !isLogarithmicX else { return Set(places.map(\.x)).sorted() }
        return Self.even(ends.x, atMost: 10)
    }

    /// Multiples of 1, 2 or 5 times a power of ten within the range.
    private static func even(_ range: ClosedRange<Double>, atMost count: Int) -> [Double] {
        let least = (range.upperBound - range.lowerBound) / Double(count)
        let power = pow(10, floor(log10(least)))
        let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? least
        return stride(from: (range.lowerBound / step).rounded(.up) * step, through: range.upperBound, by: step).map { $0 }
    }

    private var grid: [String] {
        let right = Self.width - Self.right
        let floor = Self.height - Self.bottom
        let horizontal = ticksY.map { tick in
            let y = Self.text(down(tick))
            return #"<line class="grid" x1="\#(Self.left)" x2="\#(right)" y1="\#(y)" y2="\#(y)"/>"#
                + #"<text x="\#(Self.left - 6)" y="\#(y)" dy="4" text-anchor="end">\#(label(tick))</text>"#
        }
        let vertical = ticksX.map { tick in
            #"<text x="\#(Self.text(across(tick)))" y="\#(floor + 16)" text-anchor="middle">\#(plain(tick))</text>"#
        }
        return horizontal + vertical + [#"<text x="\#(right)" y="\#(floor + 32)" text-anchor="end">\#(x)</text>"#]
    }

    private func label(_ value: Double) -> String { unit == .microseconds ? RunReport.duration(value) : plain(value) }
    private func plain(_ value: Double) -> String { NumberText.fixed(value, value == value.rounded() ? 0 : 1) }

    private func draw(_ index: Int, _ line: Line) -> String {
        let points = line.points.filter { !isLogarithmicY || $0.y > 0 }
        let path = points.map { "\(Self.text(across($0.x))),\(Self.text(down($0.y)))" }.joined(separator: " ")
        let bands = points.compactMap { place -> String? in
            guard let low = place.low, let high = place.high else { return nil }
            let x = Self.text(across(place.x))
            let ends = #"y1="\#(Self.text(down(low)))" y2="\#(Self.text(down(high)))""#
            return #"<line class="band c\#(index % 4)" x1="\#(x)" x2="\#(x)" \#(ends)/>"#
        }
        return #"<polyline class="line c\#(index % 4)" points="\#(path)"/>"# + bands.joined()
    }

    private func draw(_ mark: Mark) -> String {
        let x = Self.text(across(mark.x))
        return #"<line class="mark" x1="\#(x)" x2="\#(x)" y1="\#(Self.top)" y2="\#(Self.height - Self.bottom)"/>"#
            + #"<text x="\#(x)" y="\#(Self.top - 4)" text-anchor="middle">\#(mark.name)</text>"#
    }

    private var legend: [String] {
        lines.enumerated().map { index, line in
            let x = Self.left + 220 + Double(index) * 160
            return #"<line class="line c\#(index % 4)" x1="\#(x)" x2="\#(x + 22)" y1="12" y2="12"/>"#
                + #"<text x="\#(x + 28)" y="16">\#(line.name)</text>"#
        }
    }

    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
