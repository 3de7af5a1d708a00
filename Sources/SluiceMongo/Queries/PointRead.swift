import SluiceBackend
import SluiceProtocol

/// A `getOne` that asks for one text in a field that no two records share: several of them go as one question.
struct PointRead: Hashable {
    let field: FieldPath
    let text: ArraySlice<UInt8>

    /// Nil for a filter that asks for anything else.
    init?(_ filter: Filter, _ repository: DefinedRepository) {
        guard filter.conditions.count == 1, case .equal(.string(let text)) = filter.conditions[0].test else { return nil }
        field = filter.conditions[0].field
        self.text = text
        let definition = repository.definition
        let isKey = definition.rangeKey == nil && field.text == definition.hashKey.name && repository.capabilities.uniqueKey
        guard field == .id || isKey || definition.indexes.contains(where: { $0.isUnique && $0.fields == [field] }) else { return nil }
    }
}
