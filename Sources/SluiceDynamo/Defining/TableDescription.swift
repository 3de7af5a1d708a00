import SluiceProtocol

/// What DynamoDB says of a table (DescribeTable): only what a definition is compared with. A value, read from an answer.
struct TableDescription: Equatable {
    /// Whether the table and all its indexes can be used.
    let isActive: Bool
    /// `ACTIVE`, `CREATING` and so on, for messages.
    let status: String
    /// Hash first.
    let key: [RepositoryDefinition.KeyField]
    /// By their names.
    let indexes: [String: Index]
    /// Units of the table; 0 is on demand.
    let readCapacity: Int64
    let writeCapacity: Int64

    /// A GSI.
    struct Index: Equatable {
        let key: [RepositoryDefinition.KeyField]
        let projection: String
        let status: String
        let readCapacity: Int64
        let writeCapacity: Int64
    }

    /// - Throws: `backendError` for what is none of DynamoDB's.
    init(_ table: StructuredValue) throws(SluiceError) {
        guard let status = table["TableStatus"]?.string else {
            throw SluiceError(.backendError, "DynamoDB's description of a table cannot be read")
        }
        self.status = status
        var types: [String: String] = [:]
        for attribute in table["AttributeDefinitions"]?.list ?? [] {
            if let name = attribute["AttributeName"]?.string { types[name] = attribute["AttributeType"]?.string }
        }
        key = Self.key(table, types)
        var indexes: [String: Index] = [:]
        for index in table["GlobalSecondaryIndexes"]?.list ?? [] {
            guard let name = index["IndexName"]?.string else { continue }
            indexes[name] = Index(
                key: Self.key(index, types), projection: index["Projection"]?["ProjectionType"]?.string ?? "ALL",
                status: index["IndexStatus"]?.string ?? "ACTIVE", readCapacity: Self.units("ReadCapacityUnits", index),
                writeCapacity: Self.units("WriteCapacityUnits", index))
        }
        self.indexes = indexes
        isActive = status == "ACTIVE" && indexes.values.allSatisfy { $0.status == "ACTIVE" }
        let isOnDemand = table["BillingModeSummary"]?["BillingMode"]?.string == "PAY_PER_REQUEST"
        readCapacity = isOnDemand ? 0 : Self.units("ReadCapacityUnits", table)
        writeCapacity = isOnDemand ? 0 : Self.units("WriteCapacityUnits", table)
    }

    private static func key(_ description: StructuredValue, _ types: [String: String]) -> [RepositoryDefinition.KeyField] {
        let elements = description["KeySchema"]?.list ?? []
        return ["HASH", "RANGE"].compactMap { role in
            guard let name = elements.first(where: { $0["KeyType"]?.string == role })?["AttributeName"]?.string else { return nil }
            return RepositoryDefinition.KeyField(
                name: name, type: types[name].flatMap { RepositoryDefinition.KeyType(rawValue: $0) } ?? .string)
        }
    }

    private static func units(_ name: String, _ description: StructuredValue) -> Int64 {
        description["ProvisionedThroughput"]?[name]?.integer ?? 0
    }
}

extension StructuredValue {
    /// The elements, when it is a list.
    var list: [StructuredValue]? { if case .list(let elements) = self { elements } else { nil } }
}
