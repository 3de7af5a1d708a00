/// How wide each column of a table is. A value made from the first rows; later ones are cut to it.
struct TableLayout: Equatable {
    /// The columns that fit, by their widths; what came after them does not.
    let widths: [Int]
    /// Between two columns.
    static let gap = 2
    /// A column is not squeezed below this, if it wants more.
    static let least = 8

    /// - Parameters:
    ///   - natural: what each column would like.
    ///   - available: columns of the terminal; nil where nothing is to be fitted.
    init(natural: [Int], available: Int?) {
        guard let available else {
            widths = natural
            return
        }
        let fitting = Self.fitting(natural, available)
        widths = Self.squeezed(Array(natural.prefix(fitting)), into: available - Self.gap * (fitting - 1))
    }

    /// How many columns fit when each is squeezed; one at least.
    private static func fitting(_ natural: [Int], _ available: Int) -> Int {
        var used = -gap
        for (index, width) in natural.enumerated() {
            used += gap + min(width, least)
            if used > available { return max(index, 1) }
        }
        return natural.count
    }

    /// The widest columns give first, until all fit.
    private static func squeezed(_ natural: [Int], into room: Int) -> [Int] {
        guard natural.reduce(0, +) > room else { return natural }
        // Narrow columns keep their width; the others share what is left alike.
        var left = max(room, 1)
        var widths = natural
        let narrowestFirst = natural.indices.sorted { natural[$0] < natural[$1] }
        for (index, column) in narrowestFirst.enumerated() {
            widths[column] = max(1, min(natural[column], left / (natural.count - index)))
            left -= widths[column]
        }
        return widths
    }
}
