import SluiceBackend
import SluiceProtocol

/// Where MongoDB's own order is Sluice's, and how a walk goes on in it. A value; one for each question.
///
/// Among nulls, numbers, strings, booleans and dates both orders agree
/// (https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/).
/// Records with anything else in an ordered field are special: MongoDB compares binaries by length first, decimals among numbers, and
/// lists by
/// their least or greatest element. They are asked for apart, and Sluice puts them in their places.
struct MongoOrder {
    /// What is special in an ordered field. A list is, whatever its elements.
    private static let specialTypes: [BSONType] = [
        .document, .array, .binary, .objectID, .regularExpression, .dbPointer, .code, .symbol, .codeWithScope, .timestamp, .decimal128,
        .minKey, .maxKey,
    ]

    private let layout: MongoLayout
    /// The fields that decide; `id` is the last, since no two records share it.
    let fields: [SortField]

    init(_ order: [SortField], _ layout: MongoLayout) {
        self.layout = layout
        if let position = order.firstIndex(where: { $0.field == .id }) {
            fields = Array(order[...position])
        } else {
            fields = order + [SortField(.id, isDescending: order.last?.isDescending ?? false)]
        }
    }

    /// Whether `id` alone decides, so that no record is special.
    var isById: Bool { fields.count == 1 }

    /// The fields that may hold something special.
    private var valueFields: [SortField] { fields.filter { $0.field != .id } }

    /// The argument `sort`.
    func appendSort(to writer: inout BSONWriter) {
        writer.document("sort") { writer in
            for field in fields { writer.int32(layout.storedName(field.field), field.isDescending ? -1 : 1) }
        }
    }

    // MARK: special records

    /// Asks for records that are special, or for those that are not.
    func addSpecial(_ isWanted: Bool, to clauses: inout QueryClauses) {
        guard !isById else { return }
        let special = valueFields.flatMap { field in
            layout.storedPrefixes(field.field).map { Self.clauses($0, [.array]) } + [
                Self.clauses(layout.storedName(field.field), Self.specialTypes)
            ]
        }
        if isWanted { clauses.add(anyOf: special) } else { clauses.add(noneOf: special) }
    }

    private static func clauses(_ name: String, _ types: [BSONType]) -> QueryClauses {
        QueryClauses(name) { FilterCompiler.appendTypes(types, to: &$0) }
    }

    // MARK: going on

    /// Asks for records that are not special and stand behind a token's place.
    /// - Throws: `invalidInput` for a token that is none of this engine's.
    func addSeek(_ token: PageToken, to clauses: inout QueryClauses) throws(SluiceError) {
        let values = try values(of: token)
        var alternatives: [QueryClauses] = []
        for (position, field) in fields.enumerated() {
            for test in behind(values[position], field) {
                var alternative = QueryClauses()
                for earlier in 0..<position { add(.equal(values[earlier]), fields[earlier], to: &alternative) }
                add(test, field, to: &alternative)
                alternatives.append(alternative)
            }
        }
        clauses.add(anyOf: alternatives)
    }

    private func values(of token: PageToken) throws(SluiceError) -> [OrderKey] {
        let place = try RecordOrder(fields.filter { $0.field != .id }).place(of: PageToken(digest: 0, keys: keys(of: token), id: token.id))
        guard let id = layout.storedId(ArraySlice(token.id.utf8)) else {
            throw .invalidInput("the page token is not one that this engine made", reason: "badToken")
        }
        var values = place.keys
        values.append(.value(id))
        return values
    }

    /// The token's values of the fields before `id`: it has one for each field that the caller named.
    private func keys(of token: PageToken) -> [Scalar] { Array(token.keys.prefix(fields.count - 1)) }

    /// What a field must satisfy.
    private enum Test {
        case equal(OrderKey)
        case compares(String, Scalar)
        case hasType([BSONType])
        case isNull
    }

    /// What stands behind a value, in the order's direction, among values that are not special.
    private func behind(_ key: OrderKey, _ field: SortField) -> [Test] {
        let number = FilterCompiler.numberTypes
        guard case .value(let value) = key else {
            return field.isDescending ? [.isNull, .hasType(number + [.string, .boolean, .date])] : []
        }
        if field.field == .id { return [.compares(field.isDescending ? "$lt" : "$gt", value)] }
        let below: [Test]
        let above: [BSONType]
        switch value {
        case .null: (below, above) = ([], number + [.string, .boolean, .date])
        case .integer, .float: (below, above) = ([.isNull], [.string, .boolean, .date])
        case .string: (below, above) = ([.isNull, .hasType(number)], [.boolean, .date])
        case .binary: (below, above) = ([.isNull, .hasType(number + [.string])], [.boolean, .date])
        case .boolean: (below, above) = ([.isNull, .hasType(number + [.string])], [.date])
        case .timestamp: (below, above) = ([.isNull, .hasType(number + [.string, .boolean])], [])
        case .decimal, .objectID: (below, above) = ([.isNull, .hasType(number + [.string, .boolean, .date])], [])
        }
        var tests = field.isDescending ? below : above.isEmpty ? [] : [.hasType(above)]
        if Self.isPlain(value) { tests.append(.compares(field.isDescending ? "$lt" : "$gt", value)) }
        return tests
    }

    private static func isPlain(_ value: Scalar) -> Bool {
        switch value {
        case .integer, .float, .string, .boolean, .timestamp: true
        case .null, .binary, .decimal, .objectID: false
        }
    }

    private func add(_ test: Test, _ field: SortField, to clauses: inout QueryClauses) {
        clauses.add(layout.storedName(field.field)) { writer in
            switch test {
            case .equal(.value(let value)) where value == .null || Self.isPlain(value): writer.scalar("$eq", value)
            // Nothing that is not special equals it.
            case .equal: writer.list("$in") { _, _ in }
            case .compares(let relation, let value): writer.scalar(relation, value)
            case .hasType(let types): FilterCompiler.appendTypes(types, to: &writer)
            case .isNull: writer.null("$eq")
            }
        }
    }
}
