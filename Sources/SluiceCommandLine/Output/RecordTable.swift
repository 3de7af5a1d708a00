import SluiceClient

/// A table of records that come in batches; the first of them decide its columns. Owned by the command that prints it.
struct RecordTable {
    /// Records that are shown when nobody says how many.
    static let standardLimit = 100
    /// Records that decide the columns and their widths.
    private static let sampleSize = 200

    private let fields: [FieldPath]
    private let output: Output
    private var sample: [Document] = []
    private var table: Table?
    private var names: [String] = []
    /// Fields of records after the sample that no column shows.
    private var unseen: Set<String> = []

    /// - Parameter fields: the columns; none takes the records' own names.
    init(fields: [FieldPath], _ output: Output) {
        self.fields = fields
        self.output = output
    }

    /// Prints records, or keeps them until there are enough to decide the widths.
    mutating func add(_ records: ArraySlice<Document>) throws(Output.Failure) {
        guard table == nil else { return try rows(records) }
        sample += records
        if sample.count >= Self.sampleSize { try start() }
    }

    /// Prints what was kept.
    mutating func finish() throws(Output.Failure) {
        if table == nil, !sample.isEmpty { try start() }
    }

    /// What people should know of what they do not see.
    var note: String? {
        let leftOut = (table?.leftOut ?? []) + unseen.sorted()
        guard !leftOut.isEmpty else { return nil }
        return "fields not shown: \(leftOut.joined(separator: ", ")); --fields chooses, --json shows all"
    }

    private mutating func start() throws(Output.Failure) {
        names = fields.isEmpty ? Self.names(of: sample) : fields.map(\.text)
        let table = Table(names: names, sample: sample.map(cells), width: output.terminal.width)
        self.table = table
        for text in table.head(output.terminal) { try output.line(text) }
        let records = sample
        sample = []
        try rows(records[...])
    }

    private mutating func rows(_ records: ArraySlice<Document>) throws(Output.Failure) {
        guard let table else { return }
        for record in records {
            try output.line(table.row(cells(record), output.terminal))
            if fields.isEmpty { unseen.formUnion(record.names.filter { !names.contains($0) }) }
        }
        if output.terminal.isTerminal { try output.flush() }
    }

    private func cells(_ record: Document) -> [Cell] {
        fields.isEmpty ? names.map { record.cell(name: $0) } : fields.map { record.cell(path: $0) }
    }

    /// Every name in the records, in the order in which they come, `id` first.
    private static func names(of records: [Document]) -> [String] {
        var names: [String] = []
        for record in records { for name in record.names where !names.contains(name) { names.append(name) } }
        return names
    }
}
