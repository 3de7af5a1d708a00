import SluiceProtocol

// The statements that change one record.
extension RecordWriter {
    /// Stores a new record.
    /// - Throws: `alreadyExists` naming the fields.
    func insert(_ record: Document) throws(SluiceError) {
        try makingWay(for: record, at: nil) { () throws(SluiceError) in
            try database.withStatement(layout.insertSQL) { statement throws(SluiceError) in
                statement.bind(SQLiteValue(record[.id]), at: 1)
                bind(record, hasExpiry: layout.expires, layout.columns, to: statement, from: 3)
                try step(statement, body: record, at: 2)
            }
        }
    }

    /// Stores a changed record.
    /// - Parameter names: the top-level fields that may have changed, nil for all; no other column is written, and so no other index.
    /// - Throws: `alreadyExists` naming the fields.
    func store(_ record: Document, at row: Int64, changing names: Set<String>?) throws(SluiceError) {
        let hasExpiry = layout.definition.timeToLive.map { names?.contains($0.attribute) ?? true } ?? false
        let columns = layout.columns.filter { names?.contains($0.topLevelName) ?? true }
        let sets = ((hasExpiry ? ["\"expires\""] : []) + columns.map(\.name)).map { ", \($0) = ?" }.joined()
        try makingWay(for: record, at: row) { () throws(SluiceError) in
            try database.withStatement("UPDATE \(layout.table) SET \"body\" = ?\(sets) WHERE rowid = ?") { statement throws(SluiceError) in
                let next = bind(record, hasExpiry: hasExpiry, columns, to: statement, from: 2)
                statement.bind(.integer(row), at: next)
                try step(statement, body: record, at: 1)
            }
        }
    }

    /// Deletes a record.
    func delete(row: Int64) throws(SluiceError) {
        try database.withStatement("DELETE FROM \(layout.table) WHERE rowid = ?") { statement throws(SluiceError) in
            statement.bind(.integer(row), at: 1)
            try statement.step()
        }
    }

    /// Binds the expiry and the columns' values; answers the parameter behind them.
    @discardableResult
    private func bind(
        _ record: Document, hasExpiry: Bool, _ columns: [TableLayout.Column], to statement: SQLiteStatement, from first: Int
    ) -> Int {
        var index = first
        if hasExpiry {
            statement.bind(layout.rules.expiry(of: record).map { .integer($0) } ?? .null, at: index)
            index += 1
        }
        for column in columns {
            statement.bind(SQLiteValue(record[column.path]), at: index)
            index += 1
        }
        return index
    }

    /// Runs a statement that stores a record, whose text stays where it is meanwhile.
    private func step(_ statement: SQLiteStatement, body record: Document, at index: Int) throws(SluiceError) {
        var body: [UInt8] = []
        body.reserveCapacity(record.bytes.count * 3 / 2 + 64)
        record.bytes.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &body)
        }
        try body[...].withBytes { text throws(SluiceError) in
            statement.bind(staticText: text, at: index)
            defer { statement.reset() }
            try statement.step()
        }
    }

    // MARK: collisions

    /// Stores, and once more when only expired records stood in the way.
    private func makingWay(for record: Document, at row: Int64?, _ store: () throws(SluiceError) -> Void) throws(SluiceError) {
        do throws(SluiceError) { try store() } catch {
            guard error.code == .alreadyExists else { throw error }
            try deleteExpiredHolders(of: record, otherThan: row, error)
            try store()
        }
    }

    private func deleteExpiredHolders(of record: Document, otherThan row: Int64?, _ collision: SluiceError) throws(SluiceError) {
        var hasMadeWay = false
        for fields in layout.uniqueness {
            guard let holder = try holder(of: fields, in: record), holder.row != row else { continue }
            guard holder.isExpired else {
                var named = collision
                let names = fields.map(\.text).joined(separator: ", ")
                named.message = "another record has the same \(names)"
                named.details["fields"] = .string(names)
                throw named
            }
            try delete(row: holder.row)
            hasMadeWay = true
        }
        guard hasMadeWay else { throw collision }
    }

    /// The record, expired or not, that has the same values in fields that must be unique.
    private func holder(of fields: [FieldPath], in record: Document) throws(SluiceError) -> (row: Int64, isExpired: Bool)? {
        var query = SQLiteQuery("SELECT rowid, \(layout.expires ? "\"expires\"" : "NULL") FROM \(layout.table)")
        for path in fields {
            let value = SQLiteValue(record[path])
            guard value != .null, let column = layout.column(of: path) else { return nil }
            query.startCondition()
            query.append("\(column) = ")
            query.append(value)
        }
        var holder: (row: Int64, isExpired: Bool)?
        try database.forEachRow(query) { row in
            holder = (row.integer(at: 0), !row.isNull(at: 1) && row.integer(at: 1) <= compiler.now)
            return false
        }
        return holder
    }
}
