import SluiceProtocol
import SluiceTesting

/// Definitions and filters as tests write them.
enum DefinitionFixture {
    /// `things`, keyed by `id`, with GSIs on `team` and, with a range key of numbers, on `city`.
    static let indexed: RepositoryDefinition = {
        let definition: RecordValue = [
            "name": "things", "GSI": ["team": [:], "city": ["rangeKey": "age", "rangeKeyType": "N"]],
        ]
        let structured = try! definition.messagePack.withUnsafeBytes { bytes throws in
            var reader = MessagePackReader(bytes)
            return try StructuredValue(&reader)
        }
        return try! RepositoryDefinition(structured)
    }()

    /// `events`, keyed by `device` and a number `at`.
    static var ranged: RepositoryDefinition {
        var definition = RepositoryDefinition(name: "events")
        definition.hashKey = .init(name: "device", type: .string)
        definition.rangeKey = .init(name: "at", type: .number)
        return definition
    }

    static func filter(_ conditions: (String, Condition.Test)...) throws -> Filter {
        Filter(try conditions.map { Condition(try FieldPath($0.0), $0.1) })
    }

    static func text(_ text: String) -> Scalar { .string(ArraySlice(text.utf8)) }
}
