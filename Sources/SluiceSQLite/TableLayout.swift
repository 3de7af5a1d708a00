import SluiceBackend
import SluiceProtocol

/// How a collection lies in the file: its table, columns and indexes, which all follow from its definition, and the SQL that never changes.
/// Immutable; shared by all connections.
final class TableLayout: Sendable {
    /// The sum of all definitions of this collection.
    let definition: RepositoryDefinition
    /// What records must be.
    let rules: RecordRules
    /// The table, quoted.
    let table: String
    /// A column for each field of the key or an index, beside `id`.
    let columns: [Column]
    /// The indexes to create, beside that of `id` and that of the expiry.
    let indexes: [Index]
    /// What must be unique, `id` first.
    let uniqueness: [[FieldPath]]
    /// A record by its id; the last parameter is the time now where records expire.
    let pointReadSQL: String
    /// Parameters: id, body, then the expiry where records expire, then the columns.
    let insertSQL: String

    /// A field with a column.
    struct Column: Sendable {
        /// The field.
        let path: FieldPath
        /// The column, quoted.
        let name: String
        /// The top-level field that the path starts with.
        let topLevelName: String
    }

    /// An index of the table.
    struct Index: Sendable {
        /// Columns, quoted.
        let columns: [String]
        /// The fields.
        let fields: [FieldPath]
        /// Whether it enforces that they are unique.
        let isUnique: Bool
    }

    /// Whether records expire.
    var expires: Bool { definition.timeToLive != nil }

    /// The layout that a definition asks for.
    init(_ definition: RepositoryDefinition, limits: Limits) {
        self.definition = definition
        rules = RecordRules(definition, limits: limits)
        let table = SQLiteName.table(definition.name)
        self.table = table
        let key = definition.keyFields.compactMap { try? FieldPath($0.name) }
        var wanted: [(fields: [FieldPath], isUnique: Bool)] = definition.isKeyedById ? [] : [(key, true)]
        wanted += definition.indexes.filter(\.isUnique).map { ($0.fields, true) }
        wanted += definition.indexes.filter { !$0.isUnique }.map { ($0.fields, false) }
        wanted += definition.globalIndexes.map { index in
            ([index.attribute.name, index.rangeKey?.name].compactMap { $0.flatMap { try? FieldPath($0) } }, false)
        }
        var columns: [Column] = []
        var indexes: [Index] = []
        var uniqueness: [[FieldPath]] = [[.id]]
        for (fields, isUnique) in wanted {
            for path in fields where path != .id && !columns.contains(where: { $0.path.isSame(as: path) }) { columns.append(Column(path)) }
            if isUnique, uniqueness.contains(where: { $0.count == fields.count && fields.allSatisfy($0.hasSame) }) { continue }
            if isUnique { uniqueness.append(fields) }
            let index = Index(fields, isUnique: isUnique)
            if index.isNeeded(beside: indexes) { indexes.append(index) }
        }
        self.columns = columns
        self.indexes = indexes
        self.uniqueness = uniqueness
        let expires = definition.timeToLive != nil
        pointReadSQL = "SELECT \"body\" FROM \(table) WHERE \"id\" = ?" + (expires ? " AND \(Self.isLive) ?" : "")
        let names = ["\"id\"", "\"body\""] + (expires ? ["\"expires\""] : []) + columns.map(\.name)
        let parameters = names.map { _ in "?" }.joined(separator: ", ")
        insertSQL = "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(parameters))"
    }

    /// What is left of a condition that a record has not expired, before the time now. An expression, so that no index of the expiry is
    /// taken for it.
    static let isLive = "ifnull(\"expires\", 9223372036854775807) >"

    /// The column of a field, quoted; nil for a field without one.
    func column(of path: FieldPath) -> String? {
        path == .id ? "\"id\"" : columns.first { $0.path.isSame(as: path) }?.name
    }
}

extension TableLayout.Column {
    fileprivate init(_ path: FieldPath) {
        self.init(path: path, name: SQLiteName.column(path.text), topLevelName: String(path.components[0]))
    }
}

extension TableLayout.Index {
    /// A plain index ends in `id`, so that the order among equals comes from it too.
    fileprivate init(_ fields: [FieldPath], isUnique: Bool) {
        let paths = isUnique || fields.contains(.id) ? fields : fields + [.id]
        self.init(columns: paths.map { $0 == .id ? "\"id\"" : SQLiteName.column($0.text) }, fields: fields, isUnique: isUnique)
    }

    /// The table has an index of `id` already, and a unique index serves as a plain one on the same fields.
    fileprivate func isNeeded(beside others: [Self]) -> Bool {
        columns != ["\"id\""]
            && !others.contains { $0.isSame(as: self) || $0.isUnique && $0.fields.elementsEqual(fields) { $0.isSame(as: $1) } }
    }

    /// Whether it is the same index.
    func isSame(as other: Self) -> Bool {
        isUnique == other.isUnique && columns.elementsEqual(other.columns) { $0.utf8.elementsEqual($1.utf8) }
    }
}

// Names are the same when their bytes are. Swift's strings are also equal when they only look alike ("é" as one code point and as two),
// which would give one of two fields the column of the other.
extension FieldPath {
    /// Whether it is the same path, byte for byte.
    func isSame(as other: FieldPath) -> Bool { text.utf8.elementsEqual(other.text.utf8) }
}

extension [FieldPath] {
    /// Whether one of them is the same path.
    func hasSame(_ path: FieldPath) -> Bool { contains { $0.isSame(as: path) } }
}
