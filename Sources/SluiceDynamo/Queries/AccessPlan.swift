import SluiceBackend
import SluiceProtocol

/// By which of DynamoDB's ways the records that may match are found: the cheapest that finds them all. A value that follows from the
/// definition and the filter alone, so that a test can read it.
enum AccessPlan: Equatable {
    /// Nothing can match.
    case nothing
    /// Items by their whole keys: GetItem or BatchGetItem, consistent.
    case items([DynamoKey])
    /// All items of one hash key: a consistent Query.
    case query(KeyCondition)
    /// The items that a GSI has for one value: a Query, eventually consistent.
    case index(RepositoryDefinition.GlobalIndex, KeyCondition)
    /// The whole table: a consistent Scan.
    case scan

    /// What a Query asks of the key: the hash key's value, and perhaps one condition on the range key.
    struct KeyCondition: Equatable {
        let hash: Scalar
        var range: Condition?
    }

    /// The most keys that are asked for one by one.
    private static let maxKeys = 1_000

    /// The plan for a filter.
    init(_ filter: Filter, _ definition: RepositoryDefinition) {
        if filter.conditions.contains(where: { $0.test == .isIn([]) }) {
            self = .nothing
        } else if let hash = Self.equality(with: definition.hashKey, filter) {
            self = Self.plan(hash: hash, filter, definition)
        } else if let keys = Self.keys(filter, definition) {
            self = keys.isEmpty ? .nothing : .items(keys)
        } else if let (index, hash) = Self.index(filter, definition) {
            self = .index(index, Self.condition(hash: hash, range: index.rangeKey, filter))
        } else {
            self = .scan
        }
    }

    /// The plan when the hash key's value is known.
    private static func plan(hash: Scalar, _ filter: Filter, _ definition: RepositoryDefinition) -> AccessPlan {
        guard definition.hashKey.type.admits(hash) else { return .nothing }
        guard let rangeKey = definition.rangeKey else {
            let key = DynamoKey([hash])
            return key.flaw == nil ? .items([key]) : .nothing
        }
        guard let range = equality(with: rangeKey, filter) else {
            return DynamoKey([hash]).flaw != nil ? .nothing : .query(condition(hash: hash, range: rangeKey, filter))
        }
        let key = DynamoKey([hash, range])
        return rangeKey.type.admits(range) && key.flaw == nil ? .items([key]) : .nothing
    }

    /// What a field must equal, if the filter says so; null is no key, and nothing that has one matches it.
    private static func equality(with field: RepositoryDefinition.KeyField, _ filter: Filter) -> Scalar? {
        for condition in filter.conditions where condition.field.text.utf8.elementsEqual(field.name.utf8) {
            if let value = condition.test.equality { return value }
        }
        return nil
    }

    /// The keys that an `in` on a key without a range names, each once.
    private static func keys(_ filter: Filter, _ definition: RepositoryDefinition) -> [DynamoKey]? {
        guard definition.rangeKey == nil else { return nil }
        for condition in filter.conditions where condition.field.text.utf8.elementsEqual(definition.hashKey.name.utf8) {
            guard case .isIn(let values) = condition.test, values.count <= maxKeys else { continue }
            var seen: Set<DynamoKey> = []
            return values.filter { definition.hashKey.type.admits($0) }.map { DynamoKey([$0]) }
                .filter { $0.flaw == nil && seen.insert($0).inserted }
        }
        return nil
    }

    /// A GSI whose attribute's value the filter knows, and which holds every record that matches. An item is not in it without the index's
    /// attributes, nor with others than their type and length allow, as those are that were there before the index
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html#GSI.OnlineOps.Creating).
    private static func index(
        _ filter: Filter, _ definition: RepositoryDefinition
    ) -> (RepositoryDefinition.GlobalIndex, Scalar)? {
        let known = definition.globalIndexes.compactMap { index in
            equality(with: index.attribute, filter).flatMap { isKey([$0], of: index.attribute) ? (index, $0) : nil }
        }
        let usable = known.filter { index, _ in index.rangeKey.map { isPresent($0, filter) } ?? true }
        return usable.first { condition(hash: $0.1, range: $0.0.rangeKey, filter).range != nil } ?? usable.first
    }

    /// Whether an index can have all of these values.
    private static func isKey(_ values: [Scalar], of field: RepositoryDefinition.KeyField) -> Bool {
        values.allSatisfy { field.type.admits($0) && DynamoKey([$0]).flaw == nil }
    }

    /// Whether every record that matches has the field, and of its type.
    private static func isPresent(_ field: RepositoryDefinition.KeyField, _ filter: Filter) -> Bool {
        filter.conditions.contains { condition in
            guard condition.field.text.utf8.elementsEqual(field.name.utf8) else { return false }
            return switch condition.test {
            case .equal(let operand): isKey([operand], of: field)
            case .isIn(let operands): isKey(operands, of: field)
            case .ordered(_, let operand): isKey([operand], of: field)
            case .like: field.type == .string
            case .notEqual, .exists: false
            }
        }
    }

    /// The condition of a Query: a condition on the range key that DynamoDB takes, an equality before all others.
    private static func condition(hash: Scalar, range: RepositoryDefinition.KeyField?, _ filter: Filter) -> KeyCondition {
        guard let range else { return KeyCondition(hash: hash) }
        let usable = filter.conditions.filter { condition in
            guard condition.field.text.utf8.elementsEqual(range.name.utf8) else { return false }
            return switch condition.test {
            case .equal(let operand), .ordered(_, let operand): range.type.admits(operand) && DynamoKey([operand, operand]).flaw == nil
            case .like(let pattern):
                range.type == .string && !pattern.prefix.isEmpty && !pattern.isExact && pattern.segments.count == 2
                    && pattern.segments[1].isEmpty
            default: false
            }
        }
        let equality = usable.first { if case .equal = $0.test { true } else { false } }
        return KeyCondition(hash: hash, range: equality ?? usable.first)
    }
}

extension Condition.Test {
    /// The one value that it holds for, if there is one.
    var equality: Scalar? {
        switch self {
        case .equal(let value): value
        case .isIn(let values) where values.count == 1: values[0]
        case .like(let pattern) where pattern.isExact: .string(pattern.prefix[...])
        default: nil
        }
    }
}
