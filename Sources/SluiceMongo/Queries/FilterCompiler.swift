import SluiceBackend
import SluiceProtocol

/// From conditions to a query of MongoDB's (https://www.mongodb.com/docs/manual/reference/operator/query/). Values stand only behind operators
/// of ours, so none can act as one. A value; one for each collection.
///
/// MongoDB matches a list by its elements and follows paths through lists; a condition of Sluice's does neither. So each test excludes a list in
/// its own field, and lists on the way to it.
struct FilterCompiler {
    /// What numbers are: decimals are another kind in Sluice, though MongoDB compares them.
    static let numberTypes: [BSONType] = [.double, .int32, .int64]

    let layout: MongoLayout

    init(_ layout: MongoLayout) { self.layout = layout }

    /// The query for records that match and are not expired; nil when none can.
    func query(_ filter: Filter, now: Timestamp) -> [UInt8]? { query(filter, now: now) { _, _ in } }

    /// The same with further clauses.
    func query(_ filter: Filter, now: Timestamp, and more: (inout BSONWriter, inout ListIndex) -> Void) -> [UInt8]? {
        guard !filter.conditions.contains(where: isImpossible) else { return nil }
        return BSONWriter.document { writer in
            writer.list("$and") { writer, index in
                // `$and` must not be empty.
                writer.document(index.next()) { _ in }
                for condition in filter.conditions { append(condition, to: &writer, &index) }
                appendVisibility(now, to: &writer, &index)
                more(&writer, &index)
            }
        }
    }

    /// The query for records that match and are expired; nil when none can.
    func query(expired filter: Filter, now: Timestamp) -> [UInt8]? {
        guard !filter.conditions.contains(where: isImpossible), let age = age(at: now) else { return nil }
        return BSONWriter.document { writer in
            writer.list("$and") { writer, index in
                for condition in filter.conditions { append(condition, to: &writer, &index) }
                writer.document(index.next(), age)
            }
        }
    }

    private func appendVisibility(_ now: Timestamp, to writer: inout BSONWriter, _ index: inout ListIndex) {
        guard let age = age(at: now) else { return }
        writer.document(index.next()) { writer in
            writer.list("$nor") { writer, index in writer.document(index.next(), age) }
        }
    }

    /// What holds of the expired: gone is what was created a lifetime ago or earlier. Nil where nothing expires.
    private func age(at now: Timestamp) -> ((inout BSONWriter) -> Void)? {
        guard let timeToLive = layout.definition.timeToLive else { return nil }
        let (lifetime, isHuge) = timeToLive.seconds.multipliedReportingOverflow(by: 1000)
        return isHuge ? nil : { $0.document(timeToLive.attribute) { $0.date("$lte", now.milliseconds - lifetime) } }
    }

    // MARK: conditions

    /// Whether nothing can satisfy it.
    private func isImpossible(_ condition: Condition) -> Bool {
        let isGeneratedId = condition.field == .id && !layout.definition.customId
        return switch condition.test {
        case .isIn(let operands): operands.isEmpty || isGeneratedId && operands.allSatisfy { id($0) == nil }
        case .equal(let operand): isGeneratedId && id(operand) == nil
        case .exists(let isThere): isGeneratedId && !isThere
        case .ordered(let relation, let operand): isGeneratedId && idBound(relation, operand) == nil
        case .notEqual, .like: false
        }
    }

    private func append(_ condition: Condition, to writer: inout BSONWriter, _ index: inout ListIndex) {
        if condition.field == .id, !layout.definition.customId { return appendIdTest(condition.test, to: &writer, &index) }
        let path = condition.field
        switch condition.test {
        case .equal(let operand): appendAnyEqual(path, [operand], to: &writer, &index)
        case .isIn(let operands): appendAnyEqual(path, operands, to: &writer, &index)
        case .notEqual(let operand):
            writer.document(index.next()) { writer in
                writer.list("$nor") { writer, index in appendAnyEqual(path, [operand], to: &writer, &index) }
            }
            return
        case .exists(true): appendTest(path, to: &writer, &index) { $0.boolean("$exists", true) }
        case .exists(false): appendAbsence(path, to: &writer, &index) { $0.boolean("$exists", false) }
        case .ordered(let relation, let operand):
            appendTest(path, excludingLists: true, to: &writer, &index) { writer in
                writer.scalar("$" + relation.rawValue, operand)
                if operand.isNumber { Self.appendTypes(Self.numberTypes, to: &writer) }
            }
        case .like(let pattern):
            appendTest(path, excludingLists: true, to: &writer, &index) { $0.regularExpression("$regex", pattern.regularExpression) }
        }
        appendIndexHint(condition, to: &writer, &index)
    }

    /// A test of a field that must be reached through maps alone.
    private func appendTest(
        _ path: FieldPath, excludingLists: Bool = false, to writer: inout BSONWriter, _ index: inout ListIndex,
        _ fill: (inout BSONWriter) -> Void
    ) {
        writer.document(index.next()) { writer in
            for prefix in path.prefixes { writer.document(prefix, Self.isNoList) }
            writer.document(layout.storedName(path)) { writer in
                fill(&writer)
                if excludingLists { Self.isNoList(&writer) }
            }
        }
    }

    /// A test that holds too where a list stands on the way.
    private func appendAbsence(
        _ path: FieldPath, to writer: inout BSONWriter, _ index: inout ListIndex, _ fill: (inout BSONWriter) -> Void
    ) {
        writer.document(index.next()) { writer in
            writer.list("$or") { writer, index in
                for prefix in path.prefixes {
                    writer.document(index.next()) { writer in
                        writer.document(prefix) { $0.int32("$type", Int32(BSONType.array.rawValue)) }
                    }
                }
                writer.document(index.next()) { $0.document(layout.storedName(path), fill) }
            }
        }
    }

    private static func isNoList(_ writer: inout BSONWriter) {
        writer.document("$not") { $0.int32("$type", Int32(BSONType.array.rawValue)) }
    }

    static func appendTypes(_ types: [BSONType], to writer: inout BSONWriter) {
        writer.list("$type") { writer, index in
            // MinKey's number is -1.
            for type in types { writer.int32(index.next(), type == .minKey ? -1 : Int32(type.rawValue)) }
        }
    }

    // MARK: equality

    /// Any of several values, each kind for itself.
    private func appendAnyEqual(_ path: FieldPath, _ operands: [Scalar], to writer: inout BSONWriter, _ index: inout ListIndex) {
        let numbers = operands.filter(\.isNumber)
        let decimals = operands.filter(\.isDecimal)
        let others = operands.filter { !$0.isNumber && !$0.isDecimal && $0 != .null }
        func appendAll(_ writer: inout BSONWriter, _ index: inout ListIndex) {
            if !others.isEmpty {
                appendTest(path, excludingLists: true, to: &writer, &index) { Self.appendEqual(others, to: &$0) }
            }
            if !numbers.isEmpty {
                appendTest(path, excludingLists: true, to: &writer, &index) { writer in
                    Self.appendEqual(numbers, to: &writer)
                    Self.appendTypes(Self.numberTypes, to: &writer)
                }
            }
            if !decimals.isEmpty { appendEqual(path, decimals: decimals, to: &writer, &index) }
            if operands.contains(.null) {
                appendAbsence(path, to: &writer, &index) { writer in
                    writer.null("$eq")
                    Self.isNoList(&writer)
                }
            }
        }
        let kinds = [!numbers.isEmpty, !others.isEmpty, operands.contains(.null), !decimals.isEmpty, !decimals.isEmpty].count { $0 }
        guard kinds > 1 else { return appendAll(&writer, &index) }
        writer.document(index.next()) { writer in writer.list("$or") { appendAll(&$0, &$1) } }
    }

    private static func appendEqual(_ operands: [Scalar], to writer: inout BSONWriter) {
        if operands.count == 1 { return writer.scalar("$eq", operands[0]) }
        writer.list("$in") { writer, index in for operand in operands { writer.scalar(index.next(), operand) } }
    }

    /// Decimals, which are equal by value whatever their digits: Decimal128 compares so, and of those that stand as maps there are few.
    private func appendEqual(_ path: FieldPath, decimals: [Scalar], to writer: inout BSONWriter, _ index: inout ListIndex) {
        appendTest(path, excludingLists: true, to: &writer, &index) { writer in
            Self.appendEqual(decimals.flatMap(\.sameAsDecimal128), to: &writer)
            Self.appendTypes([.decimal128], to: &writer)
        }
        // Not by `$in`, which takes no document that begins with `$`.
        for text in decimals.flatMap(\.longDecimalTexts) {
            appendTest(path, excludingLists: true, to: &writer, &index) { writer in
                writer.document("$eq") { $0.string(Decimal128.mapKey, text) }
            }
        }
    }

    // MARK: generated ids

    private func id(_ operand: Scalar) -> Scalar? { if case .string(let utf8) = operand { layout.storedId(utf8) } else { nil } }

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

    private func appendIdTest(_ test: Condition.Test, to writer: inout BSONWriter, _ index: inout ListIndex) {
        func appendTest(_ fill: (inout BSONWriter) -> Void) { writer.document(index.next()) { $0.document(layout.idName, fill) } }
        switch test {
        case .equal(let operand): if let id = id(operand) { appendTest { $0.scalar("$eq", id) } }
        case .notEqual(let operand): if let id = id(operand) { appendTest { $0.scalar("$ne", id) } }
        case .isIn(let operands): appendTest { Self.appendEqual(operands.compactMap(id), to: &$0) }
        case .ordered(let relation, let operand):
            if let bound = idBound(relation, operand) { appendTest { $0.scalar(bound.operator, .objectID(bound.id)) } }
        case .exists, .like: break
        }
    }

    // MARK: indexes

    /// MongoDB uses a partial index only where the query repeats the index's own expression.
    private func appendIndexHint(_ condition: Condition, to writer: inout BSONWriter, _ index: inout ListIndex) {
        guard condition.test.needsValue, layout.definition.indexes.contains(where: { $0.isUnique && $0.fields.contains(condition.field) })
        else { return }
        writer.document(index.next()) { writer in
            writer.document(layout.storedName(condition.field)) { Self.appendTypes(MongoIndex.comparableTypes, to: &$0) }
        }
    }
}

extension FieldPath {
    /// The paths to the maps that it leads through, outermost first.
    var prefixes: [String] {
        text.indices.filter { text.utf8[$0] == 0x2e }.map { String(text[..<$0]) }
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

extension Scalar {
    var isNumber: Bool {
        switch self {
        case .integer, .float: true
        default: false
        }
    }

    fileprivate var isDecimal: Bool { if case .decimal = self { true } else { false } }

    /// A decimal of the same value that Decimal128 holds, if there is one.
    fileprivate var sameAsDecimal128: [Scalar] {
        guard case .decimal(let number) = self, let short = DecimalNumber(valueText: number.valueText),
            Decimal128.exactly(short.text) != nil
        else { return [] }
        return [.decimal(short)]
    }

    /// The canonical texts of the decimals of the same value that Decimal128 does not hold: those of 35 to 38 digits.
    fileprivate var longDecimalTexts: [String] {
        guard case .decimal(let number) = self else { return [] }
        let parts = number.valueText.split(separator: "E")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return [] }
        let digits = parts[0].utf8.count - (parts[0].hasPrefix("-") ? 1 : 0)
        return (max(35, digits)...max(38, digits)).compactMap { count in
            let zeros = String(repeating: "0", count: count - digits)
            return DecimalNumber(valueText: "\(parts[0])\(zeros)E\(exponent - count + digits)")?.text
        }
    }
}

extension DecimalNumber {
    fileprivate init?(valueText: String) {
        guard let number = try? Array(valueText.utf8)[...].withBytes({ try DecimalNumber(text: $0) }) else { return nil }
        self = number
    }
}
