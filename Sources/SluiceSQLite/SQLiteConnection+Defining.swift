import SluiceBackend
import SluiceProtocol

extension SQLiteConnection {
    /// Makes the file hold what a definition asks for, whole or not at all; what it holds already writes nothing.
    func defineTable(_ asked: RepositoryDefinition) throws(SluiceError) -> (layout: TableLayout, notices: [String]) {
        if let stored = try storedDefinition(of: asked.name) {
            let sum = try stored.adding(asked)
            if sum.definition == stored { return (TableLayout(stored, limits: limits), sum.notices) }
        }
        try database.run("BEGIN IMMEDIATE")
        do throws(SluiceError) {
            // Once more, now that nobody else can change it.
            let stored = try storedDefinition(of: asked.name)
            let sum = try stored?.adding(asked)
            let layout = TableLayout(sum?.definition ?? asked, limits: limits)
            if let stored { try extend(TableLayout(stored, limits: limits), to: layout) } else { try create(layout) }
            try store(layout.definition)
            try database.commit()
            return (layout, sum?.notices ?? [])
        } catch {
            if database.isInTransaction { try? database.run("ROLLBACK") }
            throw error
        }
    }

    /// The definition that the file holds of a collection.
    func storedDefinition(of name: String) throws(SluiceError) -> RepositoryDefinition? {
        var stored: RepositoryDefinition?
        var query = SQLiteQuery("SELECT \"definition\" FROM \"sluice_repositories\"")
        query.startCondition()
        query.append("\"name\" = ")
        query.append(.text(ArraySlice(name.utf8)))
        try database.forEachRow(query) { row throws(SluiceError) in
            stored = try row.withText(at: 0) { json throws(SluiceError) in try RepositoryDefinition(storedJSON: json) }
            return false
        }
        return stored
    }

    private func store(_ definition: RepositoryDefinition) throws(SluiceError) {
        let sql = "INSERT OR REPLACE INTO \"sluice_repositories\" (\"name\", \"table\", \"definition\") VALUES (?, ?, ?)"
        try database.withStatement(sql) { statement throws(SluiceError) in
            let table = SQLiteName.distinct(definition.name)
            statement.bind([.text(ArraySlice(definition.name.utf8)), .text(ArraySlice(table.utf8)), .text(definition.storedJSON[...])])
            try statement.step()
        }
    }

    // MARK: tables

    private func create(_ layout: TableLayout) throws(SluiceError) {
        let columns = (layout.expires ? ["\"expires\" INTEGER"] : []) + layout.columns.map(\.name)
        // Columns have no type: a type would turn values of one kind into another.
        let all = ["\"id\" NOT NULL PRIMARY KEY", "\"body\" TEXT NOT NULL"] + columns
        try database.execute("CREATE TABLE \(layout.table) (\(all.joined(separator: ", ")))")
        if layout.expires {
            let name = SQLiteName.index(layout.table, ["\"expires\""])
            try database.execute("CREATE INDEX \(name) ON \(layout.table) (\"expires\") WHERE \"expires\" IS NOT NULL")
        }
        for index in layout.indexes { try create(index, of: layout) }
    }

    private func create(_ index: TableLayout.Index, of layout: TableLayout) throws(SluiceError) {
        let name = SQLiteName.index(layout.table, index.columns, isUnique: index.isUnique)
        let columns = index.columns.joined(separator: ", ")
        do throws(SluiceError) {
            try database.execute("CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(name) ON \(layout.table) (\(columns))")
        } catch {
            guard error.code == .alreadyExists else { throw error }
            var named = error
            let fields = index.fields.map(\.text).joined(separator: ", ")
            named.message = "the index on \(fields) cannot be unique: records have the same values already. Nothing was changed"
            named.details["fields"] = .string(fields)
            throw named
        }
    }

    /// Adds the columns and indexes that are new, in the open transaction.
    private func extend(_ stored: TableLayout, to layout: TableLayout) throws(SluiceError) {
        let columns = layout.columns.filter { stored.column(of: $0.path) == nil }
        for column in columns { try database.execute("ALTER TABLE \(layout.table) ADD COLUMN \(column.name)") }
        try fill(columns, of: layout)
        for index in layout.indexes where !stored.indexes.contains(where: index.isSame) {
            if index.isUnique { try checkValues(of: index, in: layout) }
            try create(index, of: layout)
        }
    }

    private func fill(_ columns: [TableLayout.Column], of layout: TableLayout) throws(SluiceError) {
        guard !columns.isEmpty else { return }
        var query = SQLiteQuery("UPDATE \(layout.table) SET ")
        for (index, column) in columns.enumerated() {
            query.append("\(index == 0 ? "" : ", ")\(column.name) = sluice_value(\"body\", ")
            query.append(.text(ArraySlice(column.path.text.utf8)))
            query.append(")")
        }
        try database.forEachRow(query) { _ in true }
    }

    /// - Throws: `invalidInput` when a record has a map or list in a field that must be unique.
    private func checkValues(of index: TableLayout.Index, in layout: TableLayout) throws(SluiceError) {
        for path in index.fields {
            guard let column = layout.column(of: path) else { continue }
            var query = SQLiteQuery("SELECT \"id\" FROM \(layout.table)")
            query.startCondition()
            query.append("\(column) = ")
            query.append(.container)
            query.append(" LIMIT 1")
            try database.forEachRow(query) { row throws(SluiceError) in
                throw .invalidInput(
                    "'\(path)' cannot be unique: the record '\(row.string(at: 0))' has a map or a list there. Nothing was changed")
            }
        }
    }
}

extension RepositoryDefinition {
    /// From the JSON in the file.
    /// - Throws: `backendError` when somebody has edited it to something else.
    fileprivate init(storedJSON json: UnsafeRawBufferPointer) throws(SluiceError) {
        do throws(SluiceError) {
            var writer = MessagePackWriter()
            try ExtendedJSON.messagePack(fromJSON: json, appendTo: &writer)
            try self.init(
                try writer.bytes[...].withBytes { bytes throws(SluiceError) in
                    var reader = MessagePackReader(bytes)
                    return try StructuredValue(&reader)
                })
        } catch {
            throw SluiceError(
                .backendError, "a definition in the database file cannot be understood: \(error.message)",
                details: ["reason": "corruptDefinition"])
        }
    }

    /// The definition as the file keeps it.
    fileprivate var storedJSON: [UInt8] {
        var json: [UInt8] = []
        structured.messagePack.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &json)
        }
        return json
    }
}
