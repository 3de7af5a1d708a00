import SluiceProtocol

/// From a filter to SQL conditions that hold for exactly the records that match. A value; one for each compilation.
///
/// A field with a column is compared there, where an index may help; any other through `sluice_value`, which gives what a column would
/// hold.
struct FilterCompiler {
    private let layout: TableLayout

    /// For one table.
    init(_ layout: TableLayout) { self.layout = layout }

    /// Appends the filter's conditions, those on columns first since they cost least.
    func append(_ filter: Filter, to query: inout SQLiteQuery) {
        let conditions = filter.conditions
        for hasColumn in [true, false] {
            for condition in conditions where (layout.column(of: condition.field) != nil) == hasColumn {
                query.startCondition()
                append(condition, among: conditions, to: &query)
            }
        }
    }

    /// Appends a field's value as an expression.
    func appendField(_ path: FieldPath, to query: inout SQLiteQuery) {
        if let column = layout.column(of: path) {
            query.append(column)
        } else {
            appendCall("sluice_value", path, to: &query)
        }
    }

    private func appendCall(_ function: String, _ path: FieldPath, to query: inout SQLiteQuery) {
        query.append("\(function)(\"body\", ")
        query.append(.text(ArraySlice(path.text.utf8)))
        query.append(")")
    }

    private func append(_ condition: Condition, among all: [Condition], to query: inout SQLiteQuery) {
        let field = condition.field
        switch condition.test {
        case .equal(.null): compare(field, "IS NULL", to: &query)
        case .equal(let value): compare(field, "=", SQLiteValue(value), to: &query)
        case .notEqual(.null): compare(field, "IS NOT NULL", to: &query)
        case .notEqual(let value): compare(field, "IS NOT", SQLiteValue(value), to: &query)
        case .ordered(let relation, let value): append(field, relation, value, among: all, to: &query)
        case .isIn(let values): append(field, isIn: values, to: &query)
        case .exists(let isThere): append(field, exists: isThere, to: &query)
        case .like(let pattern): append(field, like: pattern, to: &query)
        }
    }

    private func compare(_ field: FieldPath, _ comparison: String, _ value: SQLiteValue? = nil, to query: inout SQLiteQuery) {
        appendField(field, to: &query)
        query.append(" \(comparison)")
        guard let value else { return }
        query.append(" ")
        query.append(value)
    }

    // MARK: ranges

    /// The kinds that have an order, and where each starts and ends among all values.
    private enum OrderedKind {
        case number, text, timestamp

        init?(_ value: Scalar) {
            switch value {
            case .integer, .float: self = .number
            case .string: self = .text
            case .timestamp: self = .timestamp
            default: return nil
            }
        }

        /// The least of the kind, or a value before it and behind all others.
        var floor: SQLiteValue {
            switch self {
            case .number: .float(-.infinity)
            case .text: .text([])
            case .timestamp: SQLiteValue.Kind.timestamp.floor
            }
        }

        /// The least behind the kind.
        var ceiling: SQLiteValue {
            switch self {
            case .number: .text([])
            case .text: .blob([])
            case .timestamp: SQLiteValue.Kind.decimal.floor
            }
        }
    }

    /// A range has both ends, one of them the kind's own unless another condition on the field gives it: SQLite uses one condition for each
    /// end of an index range.
    private func append(
        _ field: FieldPath, _ relation: Condition.Relation, _ value: Scalar, among all: [Condition], to query: inout SQLiteQuery
    ) {
        guard let kind = OrderedKind(value) else { return query.append("0") }
        compare(field, relation.sql, SQLiteValue(value), to: &query)
        let isOtherEndGiven = all.contains { other in
            guard other.field.isSame(as: field), case .ordered(let otherRelation, let otherValue) = other.test else { return false }
            return otherRelation.isUpper != relation.isUpper && OrderedKind(otherValue) == kind
        }
        guard !isOtherEndGiven else { return }
        query.append(" AND ")
        compare(field, relation.isUpper ? ">=" : "<", relation.isUpper ? kind.floor : kind.ceiling, to: &query)
    }

    // MARK: the other operators

    private func append(_ field: FieldPath, isIn values: [Scalar], to query: inout SQLiteQuery) {
        let hasNull = values.contains(.null)
        let operands = values.filter { $0 != .null }.map { SQLiteValue($0) }
        guard let last = operands.last else { return hasNull ? compare(field, "IS NULL", to: &query) : query.append("0") }
        if hasNull { query.append("(") }
        appendField(field, to: &query)
        query.append(" IN (")
        // Filled up to a power of two, so that few statements serve all lengths.
        var length = 1
        while length < operands.count { length *= 2 }
        for index in 0..<length {
            if index > 0 { query.append(", ") }
            query.append(index < operands.count ? operands[index] : last)
        }
        query.append(")")
        guard hasNull else { return }
        query.append(" OR ")
        compare(field, "IS NULL", to: &query)
        query.append(")")
    }

    private func append(_ field: FieldPath, exists isThere: Bool, to query: inout SQLiteQuery) {
        guard field != .id else { return query.append(isThere ? "1" : "0") }
        let hasColumn = layout.column(of: field) != nil
        if hasColumn {
            query.append("(")
            compare(field, isThere ? "IS NOT NULL OR " : "IS NULL AND ", to: &query)
        }
        if !isThere { query.append("NOT ") }
        appendCall("sluice_exists", field, to: &query)
        if hasColumn { query.append(")") }
    }

    private func append(_ field: FieldPath, like pattern: LikePattern, to query: inout SQLiteQuery) {
        if pattern.isExact { return compare(field, "=", .text(pattern.prefix[...]), to: &query) }
        let isPrefixAlone = pattern.segments.count == 2 && pattern.segments[1].isEmpty
        let hasRange = layout.column(of: field) != nil && !pattern.prefix.isEmpty
        if hasRange {
            compare(field, ">=", .text(pattern.prefix[...]), to: &query)
            query.append(" AND ")
            compare(field, "<", .text(Self.successor(of: pattern.prefix)), to: &query)
            if isPrefixAlone { return }
            query.append(" AND ")
        }
        query.append("sluice_like(")
        appendField(field, to: &query)
        query.append(", ")
        query.append(.text(pattern.source[...]))
        query.append(")")
    }

    /// The least text behind all texts with a prefix: its last byte plus one, which no byte of UTF-8 overflows (the largest is f4).
    private static func successor(of prefix: [UInt8]) -> ArraySlice<UInt8> {
        var text = prefix
        text[text.count - 1] += 1
        return text[...]
    }
}

extension Condition.Relation {
    /// The comparison in SQL.
    fileprivate var sql: String {
        switch self {
        case .lt: "<"
        case .lte: "<="
        case .gt: ">"
        case .gte: ">="
        }
    }

    /// Whether it is the upper end of a range.
    fileprivate var isUpper: Bool { self == .lt || self == .lte }
}
