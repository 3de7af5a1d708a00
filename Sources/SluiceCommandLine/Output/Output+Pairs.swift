import SluiceClient

/// Names and values beneath each other.
extension Output {
    /// One record for people: a line for each field.
    func fields(of record: Document, only paths: [FieldPath] = []) throws(Failure) {
        let rows =
            paths.isEmpty ? record.names.map { ($0, record.cell(name: $0)) } : paths.map { ($0.text, record.cell(path: $0)) }
        try pairs(rows.map { (DisplayText.safe($0.0), $0.1) })
    }

    /// Names and what belongs to them, one pair a line.
    func pairs(_ rows: [(name: String, cell: Cell)]) throws(Failure) {
        let width = rows.map { DisplayText.width($0.name) }.max() ?? 0
        for row in rows {
            let padding = String(repeating: " ", count: width - DisplayText.width(row.name) + 2)
            try line(terminal.bold(row.name) + padding + (row.cell.isFaint ? terminal.dim(row.cell.text) : row.cell.text))
        }
    }
}
