import SluiceProtocol

/// The requests that make a table what a definition asks for
/// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html, API_UpdateTable.html, API_UpdateTimeToLive.html).
/// A value; it follows from the definition.
struct TableRequests {
    private let definition: RepositoryDefinition

    init(_ definition: RepositoryDefinition) { self.definition = definition }

    /// Whether requests are paid one by one: no capacity is asked for.
    private var isOnDemand: Bool { definition.readCapacity == 0 && definition.writeCapacity == 0 }

    var describe: DynamoRequest { request("DescribeTable", []) }

    var describeTimeToLive: DynamoRequest { request("DescribeTimeToLive", []) }

    var create: DynamoRequest {
        var entries: [StructuredValue.Entry] = [
            .init("KeySchema", Self.schema(definition.keyFields)),
            .init("AttributeDefinitions", attributes(of: definition.globalIndexes)),
            .init("BillingMode", .string(isOnDemand ? "PAY_PER_REQUEST" : "PROVISIONED")),
        ]
        if !isOnDemand {
            entries.append(.init("ProvisionedThroughput", Self.throughput(definition.readCapacity, definition.writeCapacity)))
        }
        if !definition.globalIndexes.isEmpty {
            entries.append(.init("GlobalSecondaryIndexes", .list(definition.globalIndexes.map(index))))
        }
        return request("CreateTable", entries)
    }

    /// Adds an index, of which DynamoDB builds one at a time.
    /// - Parameter isOnDemand: how the table that is there is paid for.
    func add(_ global: RepositoryDefinition.GlobalIndex, isOnDemand: Bool) -> DynamoRequest {
        let index = index(global, isOnDemand: isOnDemand)
        return request(
            "UpdateTable",
            [
                .init("AttributeDefinitions", attributes(of: [global])),
                .init("GlobalSecondaryIndexUpdates", .list([.map([.init("Create", index)])])),
            ])
    }

    func enableTimeToLive(_ attribute: String) -> DynamoRequest {
        request(
            "UpdateTimeToLive",
            [.init("TimeToLiveSpecification", .map([.init("Enabled", .boolean(true)), .init("AttributeName", .string(attribute))]))])
    }

    // MARK: parts

    private func request(_ target: String, _ entries: [StructuredValue.Entry]) -> DynamoRequest {
        let body = StructuredValue.map([.init("TableName", .string(definition.name))] + entries)
        var text: [UInt8] = []
        body.messagePack.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text)
        }
        return DynamoRequest(target: target, body: text)
    }

    private func attributes(of indexes: [RepositoryDefinition.GlobalIndex]) -> StructuredValue {
        var fields = definition.keyFields
        for index in indexes {
            for field in [index.attribute] + (index.rangeKey.map { [$0] } ?? []) where !fields.contains(field) { fields.append(field) }
        }
        return .list(
            fields.map { field in
                .map([.init("AttributeName", .string(field.name)), .init("AttributeType", .string(field.type.rawValue))])
            })
    }

    private static func schema(_ fields: [RepositoryDefinition.KeyField]) -> StructuredValue {
        .list(
            zip(fields, ["HASH", "RANGE"]).map { field, role in
                .map([.init("AttributeName", .string(field.name)), .init("KeyType", .string(role))])
            })
    }

    private func index(_ global: RepositoryDefinition.GlobalIndex) -> StructuredValue { index(global, isOnDemand: isOnDemand) }

    private func index(_ global: RepositoryDefinition.GlobalIndex, isOnDemand: Bool) -> StructuredValue {
        var entries: [StructuredValue.Entry] = [
            .init("IndexName", .string(global.indexName)),
            .init("KeySchema", Self.schema([global.attribute] + (global.rangeKey.map { [$0] } ?? []))),
            .init("Projection", .map([.init("ProjectionType", .string("ALL"))])),
        ]
        if !isOnDemand {
            // Without units of its own it has the table's.
            let read = global.readCapacity > 0 ? global.readCapacity : definition.readCapacity
            let write = global.writeCapacity > 0 ? global.writeCapacity : definition.writeCapacity
            entries.append(.init("ProvisionedThroughput", Self.throughput(read, write)))
        }
        return .map(entries)
    }

    /// DynamoDB takes no 0: where one of the two was asked for, the other is the least there is.
    private static func throughput(_ read: Int64, _ write: Int64) -> StructuredValue {
        .map([.init("ReadCapacityUnits", .integer(max(1, read))), .init("WriteCapacityUnits", .integer(max(1, write)))])
    }
}
