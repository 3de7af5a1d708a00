import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceDynamo

/// What a definition makes of a table that is there or is not, on servers that speak DynamoDB's protocol.
@Suite(.serialized) struct TableTests {
    private static let deadline = MonotonicTime.distantFuture

    /// A connection, and a client that talks past Sluice.
    private struct Subject {
        let connection: any BackendConnection
        let backend: DynamoBackend
        let client: DynamoClient
        let name = "tables-\(String(UInt64.random(in: 0 ... .max), radix: 36))"

        init(_ address: String) throws {
            let properties = ["endpoint": address, "awsRegion": "us-east-1", "AWSSecretKeyID": "test", "AWSSecretAccessKey": "test"]
            backend = try DynamoBackend(properties: properties, connections: 1, limits: Limits())
            connection = try backend.openConnection(.readsAndWrites)
            client = try ClientFixture.client(address, CredentialChain([FixedCredentials(credentials: ClientFixture.credentials)]))
        }

        func define(_ definition: RecordValue) throws -> DefinedRepository {
            var named = definition
            named["name"] = .string(name)
            return try connection.define(try RepositoryDefinition(try DefinitionFixture.structured(named)), deadline: TableTests.deadline)
        }

        @discardableResult
        func ask(_ target: String, _ body: String) throws -> String {
            let request = ClientFixture.request(target, body.replacing("NAME", with: name))
            return String(decoding: try client.send([request], deadline: .now.advanced(milliseconds: 60_000))[0].get().body, as: UTF8.self)
        }

        func description() throws -> String { try ask("DescribeTable", #"{"TableName":"NAME"}"#).filter { $0 != " " } }
    }

    private func on(_ server: EngineServer, _ body: @escaping @Sendable (Subject, String) throws -> Void) async throws {
        let address = try await server.address()
        try await SluiceTesting.blocking { try body(try Subject(address), address) }
    }

    private static let plainTable = """
        {"TableName":"NAME","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
        """

    @Test(arguments: EngineServer.dynamodb) func whatATableLacksIsAdded(_ server: EngineServer) async throws {
        try await on(server) { subject, _ in
            try subject.ask("CreateTable", Self.plainTable)
            try subject.ask("PutItem", #"{"TableName":"NAME","Item":{"id":{"S":"65a1b2c3d4e5f60718293a4b"},"team":{"S":"x"}}}"#)
            let defined = try subject.define(["GSI": ["team": [:], "city": [:]], "enableTtl": true, "ttlAttribute": "made", "ttl": 3600])
            #expect(!defined.capabilities.consistentIndexReads)
            let description = try subject.description()
            #expect(description.contains(#""IndexName":"team-index""#) && description.contains(#""IndexName":"city-index""#))
            let timeToLive = try subject.ask("DescribeTimeToLive", #"{"TableName":"NAME"}"#)
            #expect(timeToLive.contains("ENABL") && timeToLive.contains("made"))
            // The same again changes nothing, in another daemon neither.
            _ = try subject.define(["GSI": ["team": [:], "city": [:]], "enableTtl": true, "ttlAttribute": "made", "ttl": 3600])
        }
    }

    /// Nothing is dropped and nothing changed silently: each difference stops the definition and is named.
    @Test(arguments: EngineServer.dynamodb) func aTableThatIsAnotherIsAConflict(_ server: EngineServer) async throws {
        try await on(server) { subject, _ in
            try subject.ask(
                "CreateTable",
                """
                {"TableName":"NAME","KeySchema":[{"AttributeName":"code","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}],
                "AttributeDefinitions":[{"AttributeName":"code","AttributeType":"S"},{"AttributeName":"at","AttributeType":"N"},
                {"AttributeName":"team","AttributeType":"N"},{"AttributeName":"city","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST",
                "GlobalSecondaryIndexes":[{"IndexName":"team-index","KeySchema":[{"AttributeName":"team","KeyType":"HASH"}],
                "Projection":{"ProjectionType":"ALL"}},{"IndexName":"city-index",
                "KeySchema":[{"AttributeName":"city","KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}
                """)
            let key: [String: RecordValue] = ["hashKey": "code", "rangeKey": "at", "rangeKeyType": "N"]
            let differences: [(RecordValue, String)] = [
                ([:], "hashKey"), (["hashKey": "code"], "hashKey"), (["hashKey": "code", "rangeKey": "at"], "hashKey"),
                (RecordValue(key.merging(["GSI": ["team": [:]]]) { $1 }), "GSI.team"),
                (RecordValue(key.merging(["GSI": ["city": [:]]]) { $1 }), "GSI.city"),
            ]
            let before = try subject.description()
            for (definition, name) in differences {
                let error = #expect(throws: SluiceError.self) { try subject.define(definition) }
                #expect(error?.code == .invalidInput && error?.details["reason"] == .string("definitionConflict"))
                #expect(error?.details["key"] == .string(name))
            }
            #expect(try subject.description().contains("KEYS_ONLY") && before.contains("KEYS_ONLY"))
            _ = try subject.define(RecordValue(key))
        }
    }

    /// While another daemon changes the table, it is asked again: no index is left out.
    @Test(arguments: DynamoEmulator.allCases) func anIndexIsAddedToATableThatIsBusy(_ product: DynamoEmulator) async throws {
        let emulator = try await product.started()
        let proxy = try FaultProxy(before: emulator.port)
        proxy.next([.refuse(status: 400, error: "ResourceInUseException")], of: "UpdateTable")
        try await SluiceTesting.blocking {
            let subject = try Subject(proxy.url)
            try subject.ask("CreateTable", Self.plainTable)
            _ = try subject.define(["GSI": ["team": [:]]])
            #expect(try subject.description().contains(#""IndexName":"team-index""#))
        }
        #expect(proxy.pendingFaults == 0)
        _ = emulator
    }

    @Test(arguments: EngineServer.dynamodb) func capacityIsAskedForOnceAndThenReported(_ server: EngineServer) async throws {
        try await on(server) { subject, address in
            _ = try subject.define(["readCapacity": 5, "GSI": ["team": ["readCapacity": 3, "writeCapacity": 2]]])
            let description = try subject.description()
            #expect(description.contains(#""ReadCapacityUnits":5"#) && description.contains(#""ReadCapacityUnits":3"#))
            #expect(!description.contains("PAY_PER_REQUEST"))
            // Another daemon, which does not know the first definition.
            let other = try Subject(address)
            let definition: RecordValue = ["name": .string(subject.name), "readCapacity": 9, "GSI": ["team": [:]]]
            let again = try other.connection.define(
                try RepositoryDefinition(try DefinitionFixture.structured(definition)), deadline: Self.deadline)
            #expect(again.notices == ["readCapacity is 5, not 9 as asked: capacity is reported, not changed"])
            #expect(try subject.description().contains(#""ReadCapacityUnits":5"#))
        }
    }

    @Test(arguments: EngineServer.dynamodb) func aTableAmongMoreThanAHundredIsFound(_ server: EngineServer) async throws {
        try await on(server) { subject, _ in
            let tables = (0..<120).map { number in
                ClientFixture.request("CreateTable", Self.plainTable.replacing("NAME", with: "\(subject.name)-\(number)"))
            }
            for result in subject.client.send(tables, deadline: .now.advanced(milliseconds: 120_000)) { _ = try result.get() }
            for number in [0, 60, 119] {
                let definition = RepositoryDefinition(name: "\(subject.name)-\(number)")
                #expect(try subject.connection.define(definition, deadline: Self.deadline).notices.isEmpty)
            }
        }
    }

    /// What a caller asks for and no table can be is refused before anything is made.
    @Test(arguments: ["", "ab", "a b", "tä", "a/b", String(repeating: "x", count: 256)])
    func aNameThatIsNoneForATableIsRefused(_ name: String) async throws {
        try await on(EngineServer.dynamodb[0]) { subject, _ in
            let error = #expect(throws: SluiceError.self) {
                try subject.connection.define(RepositoryDefinition(name: name), deadline: Self.deadline)
            }
            #expect(error?.code == .invalidInput && error?.message.contains("table") == true)
        }
    }

    /// Another program's item, nested deeper than callers may be given, among those of one batch.
    @Test(arguments: EngineServer.dynamodb) func anItemThatCannotBeShownFailsItsOwnReadOnly(_ server: EngineServer) async throws {
        try await on(server) { subject, _ in
            let repository = try subject.define([:])
            func id(_ number: Int) -> String { "65a1b2c3d4e5f607182930\(10 + number)" }
            for number in 0..<20 {
                let deep = number == 7 ? (0..<30).reduce(#"{"N":"1"}"#) { json, _ in #"{"L":[\#(json)]}"# } : #"{"N":"\#(number)"}"#
                try subject.ask("PutItem", #"{"TableName":"NAME","Item":{"id":{"S":"\#(id(number))"},"v":\#(deep)}}"#)
            }
            let reads = (0..<20).map { number in
                PendingOperation(
                    .getOne(Filter([Condition(.id, .equal(DefinitionFixture.text(id(number))))])), deadline: Self.deadline)
            }
            for (number, result) in subject.connection.execute(reads, on: repository).enumerated() {
                guard number == 7 else {
                    _ = try result.get()
                    continue
                }
                #expect(try #require(throws: SluiceError.self) { try result.get() }.code == .backendError)
            }
        }
    }

    /// No record could ever be created in it.
    @Test func anIndexOnTheTimeToLiveAttributeIsRefused() async throws {
        try await on(EngineServer.dynamodb[0]) { subject, _ in
            let indexes: [RecordValue] = [["made": ["type": "N"]], ["team": ["rangeKey": "made", "rangeKeyType": "N"]]]
            for index in indexes {
                let error = #expect(throws: SluiceError.self) {
                    try subject.define(["GSI": index, "enableTtl": true, "ttlAttribute": "made", "ttl": 60])
                }
                #expect(error?.code == .unsupported && error?.details["fields"] == .string("made"))
            }
        }
    }

    @Test(arguments: EngineServer.dynamodb) func whatIsConsumedIsCounted(_ server: EngineServer) async throws {
        try await on(server) { subject, _ in
            let repository = try subject.define([:])
            let record = try Document(validating: RecordValue(["v": .string(String(repeating: "x", count: 3_000))]).messagePack[...])
            let pending = (0..<20).map { _ in PendingOperation(.create(record, isGenerated: false), deadline: Self.deadline) }
            for result in subject.connection.execute(pending, on: repository) { _ = try result.get() }
            // Not every emulator says what a Scan consumes.
            let id = Scalar.string(ArraySlice("65a1b2c3d4e5f60718293a4b".utf8))
            let read = PendingOperation(.getOne(Filter([Condition(.id, .equal(id))])), deadline: Self.deadline)
            _ = subject.connection.execute([read], on: repository)
            let counted = Dictionary(uniqueKeysWithValues: subject.backend.statistics.map { ($0.key, $0.value) })
            guard case .integer(let requests)? = counted["requests"], case .float(let written)? = counted["consumedWriteUnits"],
                case .float(let units)? = counted["consumedReadUnits"]
            else { throw Unexpected("statistics without the units: \(counted)") }
            #expect(requests >= 21 && written >= 20 && units > 0)
        }
    }
}
