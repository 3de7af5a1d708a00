/// A table for people: a head, a rule, rows. Owned by the command that prints it; rows may come in any number of batches.
struct Table {
    /// The columns' names.
    let names: [String]
    private let layout: TableLayout
    /// Columns of numbers stand on the right.
    private let isNumber: [Bool]
    /// Whether cells are cut to their column; where nobody watches, nothing is.
    private let isFitted: Bool

    /// - Parameters:
    ///   - names: the columns' names.
    ///   - sample: the rows that decide the widths, each with a cell for each column.
    ///   - width: the terminal's; nil does not cut anything.
    init(names: [String], sample: [[Cell]], width: Int?) {
        let names = names.map(DisplayText.safe)
        self.names = names
        let natural = names.indices.map { column in
            sample.reduce(DisplayText.width(names[column])) { max($0, DisplayText.width($1[column].text)) }
        }
        layout = TableLayout(natural: natural, available: width)
        isFitted = width != nil
        isNumber = names.indices.map { column in
            let cells = sample.map { $0[column] }.filter { !$0.isFaint }
            return !cells.isEmpty && cells.allSatisfy(\.isNumber)
        }
    }

    /// The names of the columns that did not fit.
    var leftOut: [String] { Array(names.dropFirst(layout.widths.count)) }

    /// The line above all rows, and the rule.
    func head(_ terminal: Terminal) -> [String] {
        let rule = layout.widths.map { Cell(String(repeating: "-", count: $0)) }
        return [line(names.map { Cell($0) }) { text, _ in terminal.bold(text) }, line(rule) { text, _ in terminal.dim(text) }]
    }

    /// A row.
    func row(_ cells: [Cell], _ terminal: Terminal) -> String {
        line(cells) { text, cell in cell.isFaint ? terminal.dim(text) : text }
    }

    private func line(_ cells: [Cell], _ style: (String, Cell) -> String) -> String {
        var line = ""
        for (column, width) in layout.widths.enumerated() {
            let cell = cells[column]
            let text = isFitted ? DisplayText.cut(cell.text, to: width) : cell.text
            let padding = String(repeating: " ", count: max(0, width - DisplayText.width(text)))
            let styled = text.isEmpty ? "" : style(text, cell)
            if column > 0 { line += String(repeating: " ", count: TableLayout.gap) }
            line += isNumber[column] ? padding + styled : styled + padding
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

extension Output {
    /// A whole table at once.
    func table(_ names: [String], _ rows: [[Cell]]) throws(Failure) {
        let table = Table(names: names, sample: rows, width: terminal.width)
        for text in table.head(terminal) { try line(text) }
        for row in rows { try line(table.row(row, terminal)) }
    }
}
