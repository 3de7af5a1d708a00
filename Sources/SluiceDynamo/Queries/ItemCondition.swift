import SluiceBackend
import SluiceProtocol

/// What must hold of an item at the instant it changes or goes: that it is there, has not expired, and satisfies the whole filter. A
/// condition that DynamoDB cannot express is that the field still is what was read. A value; one for each request.
struct ItemCondition {
    /// The expression.
    private(set) var text: String
    /// What it mentions.
    private(set) var values = ExpressionValues()
    /// Whether it says all of the filter.
    private(set) var isWhole = true
    /// Fields that must still be what was read, each once.
    private var asRead: Set<String> = []

    /// What an equality with what was read takes of an expression, at most: ` AND (#1r = :1r OR #1r = :1s)`.
    static let maxBytesAsRead = 30
    static let maxOperatorsAsRead = 4

    /// For an item that has not been read: not whole when something of the filter cannot be expressed.
    init(_ filter: Filter, key: DynamoKey, _ layout: DynamoLayout, now: Timestamp) {
        self.init(layout, now: now)
        let compiler = ConditionCompiler(layout)
        for condition in filter.conditions where isWhole {
            // The request names the key itself.
            let fixed = zip(layout.keyPaths, key.values).first { $0.0 == condition.field }
            if let fixed, condition.test.equality?.hasValue(of: fixed.1) ?? false { continue }
            if !add(condition, compiler, before: 0) { isWhole = false }
        }
    }

    /// For an item that was read and matched.
    init(_ filter: Filter, read record: Document, _ layout: DynamoLayout, now: Timestamp) {
        self.init(layout, now: now)
        let compiler = ConditionCompiler(layout)
        for (number, condition) in filter.conditions.enumerated() {
            // Keys never change.
            if layout.keyPaths.contains(condition.field) { continue }
            if add(condition, compiler, before: filter.conditions.count - number) { continue }
            addAsRead(String(condition.field.components[0]), record, layout)
        }
    }

    private init(_ layout: DynamoLayout, now: Timestamp) {
        text = "attribute_exists(\(values.alias(layout.definition.hashKey.name)))"
        if let isLive = ConditionCompiler(layout).isLive(at: now, &values) { text += " AND \(isLive)" }
    }

    /// - Parameter conditions: for which there must still be room.
    /// - Returns: whether it could be expressed exactly.
    private mutating func add(_ condition: Condition, _ compiler: ConditionCompiler, before conditions: Int) -> Bool {
        var attempt = values
        guard let compiled = compiler.compile(condition, &attempt), compiled.isExact,
            ConditionCompiler.fits("\(text) AND \(compiled.text)", before: conditions)
        else { return false }
        values = attempt
        text += " AND \(compiled.text)"
        return true
    }

    /// That a top-level field is what was read, or missing as it was.
    mutating func addAsRead(_ name: String, _ record: Document, _ layout: DynamoLayout) {
        guard asRead.insert(name).inserted else { return }
        let alias = values.alias(name)
        var stored: [UInt8]?
        // What was read can be written.
        try? layout.forEachAttribute(of: record) { field, value throws(SluiceError) in
            guard field.elementsEqual(name.utf8) else { return }
            var writer = AttributeWriter()
            try value(&writer)
            stored = writer.text
        }
        guard let stored else { return text += " AND attribute_not_exists(\(alias))" }
        var equality = "\(alias) = \(values.alias(attribute: stored))"
        if case .scalar(.decimal(let number)) = record[name: name], let value = Double(number.text), value != 0, NumberText.holds(value) {
            // A number of another's, with more digits than a float has, is shown as a decimal.
            var digits = AttributeWriter()
            digits.number(number.text)
            equality = "(\(equality) OR \(alias) = \(values.alias(attribute: digits.text)))"
        }
        if let timeToLive = layout.definition.timeToLive, name == timeToLive.attribute,
            case .scalar(.timestamp(let created)) = record[name: name]
        {
            // The origin wrote the number as text.
            equality = "(\(equality) OR \(alias) = \(values.alias(text: String(DynamoLayout.expiry(created, timeToLive)))))"
        }
        text += " AND \(equality)"
    }
}
