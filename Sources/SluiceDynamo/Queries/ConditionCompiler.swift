import SluiceBackend
import SluiceProtocol

/// Turns conditions into DynamoDB's expressions. What it answers always holds for a record that matches; where it may hold for others too
/// it says so, and Sluice looks again. A value; it follows from the layout.
/// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html)
struct ConditionCompiler {
    /// An expression, and whether it holds for nothing else than what matches.
    struct Compiled: Equatable {
        let text: String
        var isExact = true
    }

    private let timeToLive: RepositoryDefinition.TimeToLive?

    init(_ layout: DynamoLayout) { timeToLive = layout.definition.timeToLive }

    /// The longest expression, bytes, with some room for what is put around it
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-expression-parameters).
    static let maxExpressionBytes = 3_800
    /// Operators and functions of an expression, at most, of DynamoDB's 300, with room likewise.
    static let maxOperators = 280
    /// Operands of one `IN`, at most, likewise.
    private static let maxOperands = 100
    /// Names in a path, at most: DynamoDB nests 32 deep, and no record nests deeper than `Limits.maxDepth`.
    private static let maxPathComponents = Limits.maxDepth

    /// A condition's expression; nil when DynamoDB cannot be asked, and then `values` is as it was: DynamoDB refuses aliases that no
    /// expression mentions.
    func compile(_ condition: Condition, _ values: inout ExpressionValues) -> Compiled? {
        guard condition.field.components.count <= Self.maxPathComponents else { return nil }
        var attempt = values
        guard let compiled = expression(condition, &attempt), Self.fits(compiled.text) else { return nil }
        values = attempt
        return compiled
    }

    /// Whether DynamoDB takes an expression.
    /// - Parameter conditions: that are still to come, each an equality with what was read.
    static func fits(_ text: String, before conditions: Int = 0) -> Bool {
        let bytes = text.utf8.count
        guard bytes <= maxExpressionBytes - conditions * ItemCondition.maxBytesAsRead else { return false }
        let bound = maxOperators - conditions * ItemCondition.maxOperatorsAsRead
        // An operator takes six bytes with its operands, and mostly more.
        return bytes <= bound * 6 || operators(in: text) <= bound
    }

    /// Operators and functions: all words but aliases.
    static func operators(in expression: String) -> Int {
        expression.utf8.split(separator: UInt8(ascii: " ")).count { word in
            guard let first = word.first(where: { $0 != UInt8(ascii: "(") }) else { return false }
            return first != UInt8(ascii: "#") && first != UInt8(ascii: ":")
        }
    }

    private func expression(_ condition: Condition, _ values: inout ExpressionValues) -> Compiled? {
        if let timeToLive, condition.field.text == timeToLive.attribute, !isAboutPresence(condition.test) {
            return compile(timeOf: timeToLive, condition.test, &values)
        }
        let path = values.path(condition.field)
        return switch condition.test {
        case .equal(let operand): equal(path, operand, &values)
        case .notEqual(let operand): negation(equal(path, operand, &values))
        case .isIn(let operands): isIn(path, operands, &values)
        case .exists(true): Compiled(text: "attribute_exists(\(path))")
        case .exists(false): Compiled(text: "attribute_not_exists(\(path))")
        case .ordered(let relation, let operand): ordered(path, relation, operand, &values)
        case .like(let pattern): like(path, pattern, &values)
        }
    }

    /// A condition on a range key, in which functions but `begins_with` have no place; all of its values are of one type.
    func compile(rangeKey condition: Condition, _ values: inout ExpressionValues) -> String? {
        guard case .ordered(let relation, let operand) = condition.test else { return compile(condition, &values)?.text }
        let path = values.path(condition.field)
        return (try? values.alias(operand)).map { "\(path) \(relation.symbol) \($0)" }
    }

    /// That the record has not expired, by the number or by the text that the origin wrote; nil without a time to live.
    func isLive(at now: Timestamp, _ values: inout ExpressionValues) -> String? {
        isExpired(at: now, &values).map { "NOT \($0)" }
    }

    /// That the record has expired; nil without a time to live.
    func isExpired(at now: Timestamp, _ values: inout ExpressionValues) -> String? {
        guard let timeToLive else { return nil }
        let name = values.alias(timeToLive.attribute)
        let seconds = now.truncatedToSeconds.milliseconds / 1000
        let number = typed(name, "N", "\(name) <= \(values.alias(number: seconds))", &values)
        let text = typed(name, "S", "\(name) <= \(values.alias(text: String(seconds)))", &values)
        return "(\(number) OR \(text))"
    }

    // MARK: operators

    /// A comparison that is asked of one type alone. DynamoDB says of different types that none is less, but not every server that speaks
    /// its protocol does.
    private func typed(_ path: String, _ type: String, _ comparison: String, _ values: inout ExpressionValues) -> String {
        "(attribute_type(\(path), \(values.alias(text: type))) AND \(comparison))"
    }

    private func negation(_ compiled: Compiled?) -> Compiled? {
        guard let compiled, compiled.isExact else { return nil }
        return Compiled(text: "(NOT \(compiled.text))")
    }

    private func equal(_ path: String, _ operand: Scalar, _ values: inout ExpressionValues) -> Compiled? {
        switch operand {
        case .null:
            return Compiled(text: "(attribute_not_exists(\(path)) OR attribute_type(\(path), \(values.alias(text: "NULL"))))")
        case .timestamp(let time):
            return Compiled(text: "\(path).\(values.alias(StoredName.date)) = \(values.alias(text: time.description))")
        case .objectID(let id):
            return Compiled(text: "\(path).\(values.alias(StoredName.objectID)) = \(values.alias(text: id.hex))")
        case .decimal:
            // Two texts of one value, and numbers of others that are shown as decimals.
            let decimal = "attribute_exists(\(path).\(values.alias(StoredName.decimal)))"
            return Compiled(text: "(\(decimal) OR attribute_type(\(path), \(values.alias(text: "N"))))", isExact: false)
        case .boolean, .integer, .float, .string, .binary:
            guard let value = try? values.alias(operand) else { return nil }
            return Compiled(text: "\(path) = \(value)")
        }
    }

    private func isIn(_ path: String, _ operands: [Scalar], _ values: inout ExpressionValues) -> Compiled? {
        var plain: [String] = []
        var parts: [String] = []
        var isExact = true
        for operand in operands {
            switch operand {
            case .boolean, .integer, .float, .string, .binary:
                // What DynamoDB has no number for equals nothing that it keeps.
                guard let value = try? values.alias(operand) else { continue }
                plain.append(value)
            default:
                guard let part = equal(path, operand, &values) else { return nil }
                parts.append(part.text)
                isExact = isExact && part.isExact
            }
        }
        for start in stride(from: 0, to: plain.count, by: Self.maxOperands) {
            let some = plain[start..<min(start + Self.maxOperands, plain.count)]
            parts.append("\(path) IN (\(some.joined(separator: ",")))")
        }
        guard !parts.isEmpty else { return nil }
        return Compiled(text: parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " OR ")))", isExact: isExact)
    }

    private func ordered(
        _ path: String, _ relation: Condition.Relation, _ operand: Scalar, _ values: inout ExpressionValues
    ) -> Compiled? {
        switch operand {
        case .timestamp(let time):
            return Compiled(
                text: "\(path).\(values.alias(StoredName.date)) \(relation.symbol) \(values.alias(text: time.description))")
        case .integer, .float, .string:
            guard let value = try? values.alias(operand) else { return nil }
            let type = if case .string = operand { "S" } else { "N" }
            return Compiled(text: typed(path, type, "\(path) \(relation.symbol) \(value)", &values))
        default: return nil
        }
    }

    private func like(_ path: String, _ pattern: LikePattern, _ values: inout ExpressionValues) -> Compiled? {
        func text(_ segment: [UInt8]) -> String { values.alias(text: String(decoding: segment, as: UTF8.self)) }
        // A pattern is text, but between two wildcards a caller may have cut a character in half: nothing then to ask for.
        let segments = pattern.segments
        guard segments.allSatisfy({ $0.isEmpty || String(validating: $0, as: UTF8.self) != nil }) else { return nil }
        if pattern.isExact { return Compiled(text: "\(path) = \(text(segments[0]))") }
        var parts: [String] = []
        if !pattern.prefix.isEmpty { parts.append("begins_with(\(path), \(text(pattern.prefix)))") }
        let rest = segments.dropFirst().filter { !$0.isEmpty }
        for segment in rest.prefix(8) { parts.append("contains(\(path), \(text(segment)))") }
        // `contains` also finds elements of lists, where no text begins.
        if pattern.prefix.isEmpty { parts.append("attribute_type(\(path), \(values.alias(text: "S")))") }
        return Compiled(text: parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " AND ")))", isExact: rest.isEmpty)
    }

    // MARK: the time of creation, which is stored as the time of expiry

    private func isAboutPresence(_ test: Condition.Test) -> Bool { if case .exists = test { true } else { false } }

    /// Only what a number can be asked, as the origin's texts are not: Sluice looks again.
    private func compile(
        timeOf timeToLive: RepositoryDefinition.TimeToLive, _ test: Condition.Test, _ values: inout ExpressionValues
    ) -> Compiled? {
        guard case .ordered(let relation, .timestamp(let time)) = test else { return nil }
        var bound = AttributeWriter()
        bound.number(String(DynamoLayout.expiry(time, timeToLive)))
        let name = values.alias(timeToLive.attribute)
        let value = values.alias(attribute: bound.text)
        // Whole seconds may be looked for between two of them, so the bound itself stays in.
        let symbol = relation == .lt || relation == .lte ? "<=" : ">="
        let number = typed(name, "N", "\(name) \(symbol) \(value)", &values)
        return Compiled(text: "(\(number) OR attribute_type(\(name), \(values.alias(text: "S"))))", isExact: false)
    }
}

extension Condition.Relation {
    /// DynamoDB's comparator.
    var symbol: String {
        switch self {
        case .lt: "<"
        case .lte: "<="
        case .gt: ">"
        case .gte: ">="
        }
    }
}
