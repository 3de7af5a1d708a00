import SluiceBackend
import SluiceProtocol

/// A Query or a Scan by a plan: which conditions DynamoDB is asked, and which are left to Sluice. A value; one for each question, which
/// makes the requests of all its pages.
struct ItemQuestion {
    /// Whether DynamoDB answers exactly the records that match, so that counting them needs none.
    private(set) var isExact = true
    /// Whether the records come in the order of a range key.
    let isQuery: Bool
    private let layout: DynamoLayout
    private let index: RepositoryDefinition.GlobalIndex?
    private var keyExpression: String?
    private var filterParts: [String] = []
    private var values = ExpressionValues()
    /// The fields that identify the place of a walk, the table's key first.
    private let startFields: [RepositoryDefinition.KeyField]

    /// - Parameter plan: a query, an index or a scan.
    init(_ plan: AccessPlan, _ filter: Filter, _ layout: DynamoLayout, now: Timestamp) {
        self.layout = layout
        let compiler = ConditionCompiler(layout)
        var asked: (hash: RepositoryDefinition.KeyField, range: RepositoryDefinition.KeyField?, condition: AccessPlan.KeyCondition)?
        switch plan {
        case .query(let condition):
            asked = (layout.definition.hashKey, layout.definition.rangeKey, condition)
            index = nil
        case .index(let global, let condition):
            asked = (global.attribute, global.rangeKey, condition)
            index = global
        default: index = nil
        }
        isQuery = asked != nil
        var startFields = layout.definition.keyFields
        for field in [asked?.hash, asked?.range].compactMap({ $0 }) where !startFields.contains(field) { startFields.append(field) }
        self.startFields = startFields
        if let asked { keyExpression = Self.keyExpression(asked.hash, asked.condition, compiler, &values) }
        for condition in filter.conditions {
            if let asked, isKeyField(condition.field, asked.hash, asked.range) {
                // A Query's filter may not mention its key; what the key condition does not say is left to Sluice.
                let isAsked =
                    condition.field.text.utf8.elementsEqual(asked.hash.name.utf8)
                    ? condition.test.equality == asked.condition.hash : condition == asked.condition.range
                if !isAsked { isExact = false }
            } else {
                add(condition, compiler)
            }
        }
        if let isLive = compiler.isLive(at: now, &values) { filterParts.append(isLive) }
    }

    /// Whether a field is one of the key's, or would be within one.
    private func isKeyField(_ field: FieldPath, _ hash: RepositoryDefinition.KeyField, _ range: RepositoryDefinition.KeyField?) -> Bool {
        let name = field.components[0].utf8
        return name.elementsEqual(hash.name.utf8) || range.map { name.elementsEqual($0.name.utf8) } ?? false
    }

    private mutating func add(_ condition: Condition, _ compiler: ConditionCompiler) {
        var attempt = values
        guard let compiled = compiler.compile(condition, &attempt),
            ConditionCompiler.fits((filterParts + [compiled.text]).joined(separator: " AND "))
        else { return isExact = false }
        values = attempt
        filterParts.append(compiled.text)
        isExact = isExact && compiled.isExact
    }

    private static func keyExpression(
        _ hash: RepositoryDefinition.KeyField, _ condition: AccessPlan.KeyCondition, _ compiler: ConditionCompiler,
        _ values: inout ExpressionValues
    ) -> String {
        guard let value = try? values.alias(condition.hash) else { preconditionFailure("a plan holds keys that DynamoDB takes") }
        let text = "\(values.alias(hash.name)) = \(value)"
        guard let range = condition.range.flatMap({ compiler.compile(rangeKey: $0, &values) }) else { return text }
        return "\(text) AND \(range)"
    }

    // MARK: requests

    /// How a page is asked for.
    struct Page {
        /// Where to go on, a key's JSON.
        var start: [UInt8]?
        /// Items to read, at most; nil: as many as DynamoDB reads at once.
        var limit: Int?
        /// Against the order of the range key.
        var isBackward = false
        /// Only how many there are.
        var isCount = false
    }

    /// The request of a page.
    func request(_ page: Page) -> DynamoRequest {
        var text = [UInt8(ascii: "{")]
        JSONText.member("TableName", text: layout.tableName, to: &text)
        if let index { JSONText.member("IndexName", text: index.indexName, to: &text) }
        if let keyExpression { JSONText.member("KeyConditionExpression", text: keyExpression, to: &text) }
        if !filterParts.isEmpty { JSONText.member("FilterExpression", text: filterParts.joined(separator: " AND "), to: &text) }
        values.append(to: &text)
        // GSIs refuse consistent reads.
        if index == nil { JSONText.member("ConsistentRead", literal: "true", to: &text) }
        if page.isBackward { JSONText.member("ScanIndexForward", literal: "false", to: &text) }
        if page.isCount { JSONText.member("Select", literal: "\"COUNT\"", to: &text) }
        if let limit = page.limit { JSONText.member("Limit", literal: "\(limit)", to: &text) }
        if let start = page.start { JSONText.member("ExclusiveStartKey", start, to: &text) }
        JSONText.member("ReturnConsumedCapacity", literal: "\"TOTAL\"", to: &text)
        text.append(UInt8(ascii: "}"))
        return DynamoRequest(target: isQuery ? "Query" : "Scan", body: text)
    }

    /// Whether every item read is a record that matches, so that reading fewer is worth while.
    var isUnfiltered: Bool { filterParts.isEmpty && isExact }

    // MARK: places in a walk

    /// The names of the fields, beside `id`, that name a place.
    var placeFields: [String] { startFields.map(\.name).filter { $0 != "id" } }

    /// The key from which a walk goes on behind a record.
    /// - Parameter place: the values of `id` and of `placeFields`.
    /// - Throws: `invalidInput` (reason `badToken`) for values that no token of ours has.
    func start(behind place: [Scalar]) throws(SluiceError) -> [UInt8] {
        var writer = AttributeWriter([UInt8(ascii: "{")])
        var rest = place.dropFirst()
        for (number, field) in startFields.enumerated() {
            let value = field.name == "id" ? place.first : rest.popFirst()
            guard let value, field.type.admits(value), DynamoKey([value]).flaw == nil else {
                throw .invalidInput("the page token is not one that this engine made", reason: "badToken")
            }
            if number > 0 { writer.text.append(UInt8(ascii: ",")) }
            JSONText.string(field.name, to: &writer.text)
            writer.text.append(UInt8(ascii: ":"))
            try writer.scalar(value)
        }
        writer.text.append(UInt8(ascii: "}"))
        return writer.text
    }

    /// What is done, for people.
    var description: String {
        let place = "'\(layout.tableName)'"
        let filtered = filterParts.isEmpty ? "" : ", with \(filterParts.count) condition\(filterParts.count == 1 ? "" : "s") as its filter"
        guard isQuery else { return "Scan of the table \(place)\(filtered)" }
        let range = keyExpression?.contains(" AND ") ?? false ? "hash and range key" : "hash key"
        return index.map { "Query of the index '\($0.indexName)' of \(place) by its \(range)\(filtered)" }
            ?? "Query of the table \(place) by its \(range)\(filtered)"
    }
}

extension RepositoryDefinition.GlobalIndex {
    /// What the index is called in DynamoDB, as by the origin.
    var indexName: String { "\(attribute.name)-index" }
}
