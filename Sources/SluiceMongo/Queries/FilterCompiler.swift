import SluiceBackend
import SluiceProtocol

/// From conditions to a query of MongoDB's (https://www.mongodb.com/docs/manual/reference/operator/query/). Values stand only behind
/// operators of ours, so none can act as one. A value; one for each collection.
///
/// MongoDB matches a list by its elements and follows paths through lists; a condition of Sluice's does neither. So each test excludes a
/// list
/// in its own field, and lists on the way to it.
struct FilterCompiler {
    /// What numbers are: decimals are another kind in Sluice, though MongoDB compares them.
    static let numberTypes: [BSONType] = [.double, .int32, .int64]

    let layout: MongoLayout

    init(_ layout: MongoLayout) { self.layout = layout }

    /// The query for records that match and are not expired; nil when none can.
    func query(_ filter: Filter, now: Timestamp) -> [UInt8]? { clauses(filter, now: now)?.document }

    /// What that query asks.
    func clauses(_ filter: Filter, now: Timestamp) -> QueryClauses? {
        guard var clauses = clauses(filter) else { return nil }
        if let (attribute, age) = age(at: now) { clauses.add(attribute) { $0.document("$not", age) } }
        return clauses
    }

    /// The query for records that match and are expired; nil when none can.
    func query(expired filter: Filter, now: Timestamp) -> [UInt8]? {
        guard var clauses = clauses(filter), let (attribute, age) = age(at: now) else { return nil }
        clauses.add(attribute, age)
        return clauses.document
    }

    /// What holds of the expired: gone is what was created a lifetime ago or earlier. Nil where nothing expires.
    private func age(at now: Timestamp) -> (attribute: String, test: QueryClauses.Test)? {
        guard let timeToLive = layout.definition.timeToLive else { return nil }
        let (lifetime, isHuge) = timeToLive.seconds.multipliedReportingOverflow(by: 1000)
        let (oldest, isEndless) = now.milliseconds.subtractingReportingOverflow(lifetime)
        return isHuge || isEndless ? nil : (timeToLive.attribute, { $0.date("$lte", oldest) })
    }

    // MARK: conditions

    private func clauses(_ filter: Filter) -> QueryClauses? {
        var clauses = QueryClauses()
        for condition in filter.conditions {
            if layout.isNowhere(condition.field) {
                guard condition.test.holds(.missing) else { return nil }
            } else if condition.field == .id, !layout.definition.customId {
                guard add(idTest: condition.test, to: &clauses) else { return nil }
            } else {
                if case .isIn(let operands) = condition.test, operands.isEmpty { return nil }
                add(condition, to: &clauses)
            }
        }
        return clauses
    }

    private func add(_ condition: Condition, to clauses: inout QueryClauses) {
        let path = condition.field
        switch condition.test {
        case .equal(let operand): clauses.add(anyOf: equal(path, [operand]))
        case .isIn(let operands): clauses.add(anyOf: equal(path, operands))
        case .notEqual(let operand): clauses.add(noneOf: equal(path, [operand]))
        case .exists(true): clauses.add(reaching(path) { $0.boolean("$exists", true) })
        case .exists(false): clauses.add(anyOf: absent(path) { $0.boolean("$exists", false) })
        case .ordered(let relation, let operand):
            clauses.add(
                value(path) { writer in
                    writer.scalar("$" + relation.rawValue, operand)
                    if operand.isNumber { Self.appendTypes(Self.numberTypes, to: &writer) }
                })
        case .like(let pattern): clauses.add(value(path) { $0.regularExpression("$regex", pattern.regularExpression) })
        }
        addIndexHint(condition, to: &clauses)
    }

    /// A test of a field that is reached through maps alone.
    private func reaching(_ path: FieldPath, _ test: @escaping QueryClauses.Test) -> QueryClauses {
        var clauses = QueryClauses()
        for prefix in layout.storedPrefixes(path) {
            clauses.add(prefix) { $0.document("$not") { $0.int32("$type", Int32(BSONType.array.rawValue)) } }
        }
        clauses.add(layout.storedName(path), test)
        return clauses
    }

    /// A test that a value satisfies, and no list by an element: one with an element has a first.
    private func value(_ path: FieldPath, _ test: @escaping QueryClauses.Test) -> QueryClauses {
        var clauses = reaching(path, test)
        if !layout.rules.comparedFields.contains(path) {
            clauses.add(layout.storedName(path) + ".0") { $0.boolean("$exists", false) }
        }
        return clauses
    }

    /// A test that holds too where a list stands on the way.
    private func absent(_ path: FieldPath, _ test: @escaping QueryClauses.Test) -> [QueryClauses] {
        layout.storedPrefixes(path).map { prefix in QueryClauses(prefix) { $0.int32("$type", Int32(BSONType.array.rawValue)) } }
            + [QueryClauses(layout.storedName(path), test)]
    }

    static func appendTypes(_ types: [BSONType], to writer: inout BSONWriter) {
        writer.list("$type") { writer, index in
            // MinKey's number is -1.
            for type in types { writer.int32(index.next(), type == .minKey ? -1 : Int32(type.rawValue)) }
        }
    }

    // MARK: equality

    /// Any of several values, an alternative for each kind.
    private func equal(_ path: FieldPath, _ operands: [Scalar]) -> [QueryClauses] {
        let numbers = operands.filter(\.isNumber)
        let decimals = operands.filter(\.isDecimal)
        let others = operands.filter { !$0.isNumber && !$0.isDecimal && $0 != .null }
        var alternatives: [QueryClauses] = []
        if !others.isEmpty { alternatives.append(value(path) { Self.appendEqual(others, to: &$0) }) }
        if !numbers.isEmpty {
            alternatives.append(
                value(path) { writer in
                    Self.appendEqual(numbers, to: &writer)
                    Self.appendTypes(Self.numberTypes, to: &writer)
                })
        }
        if !decimals.isEmpty { alternatives += equal(path, decimals: decimals) }
        if operands.contains(.null) {
            alternatives += absent(path) { writer in
                writer.null("$eq")
                writer.document("$not") { $0.int32("$type", Int32(BSONType.array.rawValue)) }
            }
        }
        return alternatives
    }

    private static func appendEqual(_ operands: [Scalar], to writer: inout BSONWriter) {
        if operands.count == 1 { return writer.scalar("$eq", operands[0]) }
        writer.list("$in") { writer, index in for operand in operands { writer.scalar(index.next(), operand) } }
    }

    /// Decimals, which are equal by value whatever their digits: Decimal128 compares so, and of those that stand as maps there are few.
    private func equal(_ path: FieldPath, decimals: [Scalar]) -> [QueryClauses] {
        let short = value(path) { writer in
            Self.appendEqual(decimals.flatMap(\.sameAsDecimal128), to: &writer)
            Self.appendTypes([.decimal128], to: &writer)
        }
        // Not by `$in`, which takes no document that begins with `$`.
        let long = decimals.flatMap(\.longDecimalTexts).map { text in
            value(path) { writer in writer.document("$eq") { $0.string(StoredKey.decimal, text) } }
        }
        return [short] + long
    }

    // MARK: generated ids

    private func id(_ operand: Scalar) -> Scalar? { if case .string(let utf8) = operand { layout.storedId(utf8) } else { nil } }

    /// - Returns: whether anything can satisfy it.
    private func add(idTest test: Condition.Test, to clauses: inout QueryClauses) -> Bool {
        switch test {
        case .equal(let operand):
            guard let id = id(operand) else { return false }
            clauses.add(layout.idName) { $0.scalar("$eq", id) }
        case .isIn(let operands):
            let ids = operands.compactMap(id)
            guard !ids.isEmpty else { return false }
            clauses.add(layout.idName) { Self.appendEqual(ids, to: &$0) }
        case .ordered(let relation, let operand):
            guard let bound = idBound(relation, operand) else { return false }
            clauses.add(layout.idName) { $0.scalar(bound.operator, .objectID(bound.id)) }
        case .notEqual(let operand): if let id = id(operand) { clauses.add(layout.idName) { $0.scalar("$ne", id) } }
        case .exists(let isThere): return isThere
        case .like: break
        }
        return true
    }

    /// The bound that `id` must keep: nil when nothing can.
    private func idBound(_ relation: Condition.Relation, _ operand: Scalar) -> (operator: String, id: ObjectID)? {
        guard case .string(let text) = operand else { return nil }
        let isId = ObjectID(hex: text) != nil
        let least = IdBound.leastId(notBelow: text)
        // All ids are below a text that none reaches.
        let last = ObjectID(hex: [UInt8](repeating: 0x66, count: 24))!
        return switch relation {
        case .gte: least.map { ("$gte", $0) }
        case .gt: least.map { (isId ? "$gt" : "$gte", $0) }
        case .lt: least.map { ("$lt", $0) } ?? ("$lte", last)
        case .lte: least.map { (isId ? "$lte" : "$lt", $0) } ?? ("$lte", last)
        }
    }

    // MARK: indexes

    /// MongoDB uses a partial index only where the query repeats the index's own expression.
    private func addIndexHint(_ condition: Condition, to clauses: inout QueryClauses) {
        guard condition.test.needsValue, layout.definition.indexes.contains(where: { $0.isUnique && $0.fields.contains(condition.field) })
        else { return }
        clauses.add(layout.storedName(condition.field)) { Self.appendTypes(MongoIndex.comparableTypes, to: &$0) }
    }
}

extension Condition.Test {
    /// Whether it holds only where a value is.
    fileprivate var needsValue: Bool {
        switch self {
        case .equal(let operand): operand != .null
        case .isIn(let operands): !operands.contains(.null)
        case .ordered, .like: true
        case .notEqual, .exists: false
        }
    }
}
