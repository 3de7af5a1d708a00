import Glibc
import SluiceBackend
import SluiceProtocol

extension DynamoConnection {
    /// Creates the table, or adds what it lacks, and waits until all of it can be used. What was begun goes on past the deadline, and the
    /// next definition finds it.
    /// - Returns: differences that were reported, not applied.
    /// - Throws: `invalidInput` (reason `definitionConflict`) where the table is another than the definition asks for, `unsupported`.
    func makeReady(_ layout: DynamoLayout, deadline: MonotonicTime) throws(SluiceError) -> [String] {
        let definition = layout.definition
        try Self.check(definition)
        let requests = TableRequests(definition)
        var table = try description(requests, deadline: deadline)
        if table == nil {
            // Another daemon may be quicker.
            _ = try control(requests.create, deadline: deadline, unless: \.isTableInUse)
            table = try waitUntilActive(requests, deadline: deadline)
        }
        guard var table else { throw Self.withoutDescription }
        try Self.compare(definition, table)
        if !table.isActive { table = try waitUntilActive(requests, deadline: deadline) }
        for index in definition.globalIndexes {
            // Another daemon may be changing the table: then it is asked again.
            while table.indexes[index.indexName] == nil {
                let isOnDemand = table.readCapacity == 0 && table.writeCapacity == 0
                let isBusy = try control(requests.add(index, isOnDemand: isOnDemand), deadline: deadline, unless: \.isTableInUse) == nil
                if isBusy { try pause(Self.maxPauseMilliseconds, table, deadline: deadline) }
                table = try waitUntilActive(requests, deadline: deadline)
            }
        }
        // What another has added meanwhile may be another index.
        try Self.compare(definition, table)
        if let timeToLive = definition.timeToLive { try enable(timeToLive, requests, deadline: deadline) }
        return Self.notices(definition, table)
    }

    // MARK: what is refused

    /// Checks what no table can be.
    private static func check(_ definition: RepositoryDefinition) throws(SluiceError) {
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
        let isName = (3...255).contains(definition.name.utf8.count) && definition.name.utf8.allSatisfy(Self.isNameByte)
        guard isName else {
            throw .invalidInput(
                "'\(definition.name)' is no name for a DynamoDB table: 3 to 255 of the letters a-z and A-Z, digits, '_', '-' and '.'")
        }
        try checkExpiry(definition)
        let key = definition.keyFields.map(\.name)
        for index in definition.indexes where index.isUnique && index.fields.map(\.text) != key {
            let fields = index.fields.map(\.text).joined(separator: ", ")
            throw SluiceError(
                .unsupported, "DynamoDB keeps nothing but the key unique: a unique index on \(fields) cannot be had",
                details: ["fields": .string(fields)])
        }
        for index in definition.globalIndexes
        where !(3...255).contains(index.indexName.utf8.count) || !index.indexName.utf8.allSatisfy(Self.isNameByte) {
            throw SluiceError(
                .unsupported, "'\(index.attribute.name)' cannot have a GSI: its name '\(index.indexName)' is none for DynamoDB")
        }
    }

    /// A GSI would hold the number of the second in which a record goes, and never the time that callers know.
    private static func checkExpiry(_ definition: RepositoryDefinition) throws(SluiceError) {
        guard let attribute = definition.timeToLive?.attribute else { return }
        for index in definition.globalIndexes where index.attribute.name == attribute || index.rangeKey?.name == attribute {
            throw SluiceError(
                .unsupported, "'\(index.attribute.name)' cannot have a GSI on the time-to-live attribute '\(attribute)' on DynamoDB",
                details: ["fields": .string(attribute)])
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Compares the key and the indexes that are there with those asked for.
    private static func compare(_ definition: RepositoryDefinition, _ table: TableDescription) throws(SluiceError) {
        func text(_ fields: [RepositoryDefinition.KeyField]) -> String {
            fields.map { "\($0.name) (\($0.type.rawValue))" }.joined(separator: ", ")
        }
        guard table.key == definition.keyFields else {
            throw RepositoryDefinition.conflict("hashKey", stored: text(table.key), asked: text(definition.keyFields))
        }
        for index in definition.globalIndexes {
            guard let there = table.indexes[index.indexName] else { continue }
            let asked = [index.attribute] + (index.rangeKey.map { [$0] } ?? [])
            guard there.key == asked else {
                throw RepositoryDefinition.conflict("GSI.\(index.attribute.name)", stored: text(there.key), asked: text(asked))
            }
            guard there.projection == "ALL" else {
                throw RepositoryDefinition.conflict(
                    "GSI.\(index.attribute.name)", stored: "projection \(there.projection)", asked: "projection ALL")
            }
        }
    }

    private static func notices(_ definition: RepositoryDefinition, _ table: TableDescription) -> [String] {
        var notices: [String] = []
        func note(_ key: String, _ stored: Int64, _ asked: Int64) {
            // Where one of the two was asked for, the other is 1.
            if stored != asked, stored != max(1, asked) || asked == 0 && stored > 1 {
                notices.append("\(key) is \(stored), not \(asked) as asked: capacity is reported, not changed")
            }
        }
        note("readCapacity", table.readCapacity, definition.readCapacity)
        note("writeCapacity", table.writeCapacity, definition.writeCapacity)
        for index in definition.globalIndexes where index.readCapacity > 0 || index.writeCapacity > 0 {
            guard let there = table.indexes[index.indexName] else { continue }
            note("GSI.\(index.attribute.name).readCapacity", there.readCapacity, index.readCapacity)
            note("GSI.\(index.attribute.name).writeCapacity", there.writeCapacity, index.writeCapacity)
        }
        return notices
    }

    // MARK: requests

    private static var withoutDescription: SluiceError {
        SluiceError(.backendError, "DynamoDB's description of a table cannot be read")
    }

    /// Sends a request about the table.
    /// - Parameter isFine: a refusal that is as good as an answer.
    /// - Returns: the answer; nil after such a refusal.
    private func control(
        _ request: DynamoRequest, deadline: MonotonicTime, unless isFine: (DynamoFailure) -> Bool
    ) throws(SluiceError) -> StructuredValue? {
        switch send([request], deadline: deadline)[0] {
        case .success(let reply): return try Self.structured(reply.body)
        case .failure(let failure):
            guard !isFine(failure) else { return nil }
            throw failure.error(isWrite: false)
        }
    }

    private static func structured(_ body: [UInt8]) throws(SluiceError) -> StructuredValue {
        var writer = MessagePackWriter()
        do throws(SluiceError) {
            try body[...].withBytes { text throws(SluiceError) in
                try ExtendedJSON.messagePack(fromJSON: text, appendTo: &writer)
            }
            return try writer.bytes[...].withBytes { bytes throws(SluiceError) in
                var reader = MessagePackReader(bytes)
                return try StructuredValue(&reader)
            }
        } catch { throw withoutDescription }
    }

    /// The table as it is; nil when there is none.
    private func description(_ requests: TableRequests, deadline: MonotonicTime) throws(SluiceError) -> TableDescription? {
        guard let answer = try control(requests.describe, deadline: deadline, unless: \.isTableMissing) else { return nil }
        guard let table = answer["Table"] else { throw Self.withoutDescription }
        return try TableDescription(table)
    }

    /// The longest pause between two looks at a table in the making, milliseconds.
    private static let maxPauseMilliseconds = 1_000

    private func waitUntilActive(_ requests: TableRequests, deadline: MonotonicTime) throws(SluiceError) -> TableDescription {
        var pause = 10
        while true {
            // A table that was asked for a moment ago may not be known yet everywhere.
            let table = try description(requests, deadline: deadline)
            if let table, table.isActive { return table }
            try self.pause(pause, table, deadline: deadline)
            pause = min(Self.maxPauseMilliseconds, pause * 2)
        }
    }

    private func pause(_ milliseconds: Int, _ table: TableDescription?, deadline: MonotonicTime) throws(SluiceError) {
        guard MonotonicTime.now.advanced(milliseconds: milliseconds) < deadline else {
            throw SluiceError(
                .deadlineExceeded,
                "the deadline passed while DynamoDB makes the table (\(table?.status ?? "unknown")); that goes on: define it again later",
                isOutcomeKnown: false)
        }
        usleep(UInt32(milliseconds) * 1_000)
    }

    /// Lets DynamoDB delete what has expired.
    private func enable(
        _ timeToLive: RepositoryDefinition.TimeToLive, _ requests: TableRequests, deadline: MonotonicTime
    ) throws(SluiceError) {
        let answer = try control(requests.describeTimeToLive, deadline: deadline, unless: { _ in false })
        let description = answer?["TimeToLiveDescription"]
        let status = description?["TimeToLiveStatus"]?.string ?? "DISABLED"
        if status == "ENABLED" || status == "ENABLING" {
            let stored = description?["AttributeName"]?.string ?? ""
            guard stored == timeToLive.attribute else {
                throw RepositoryDefinition.conflict("ttlAttribute", stored: stored, asked: timeToLive.attribute)
            }
            return
        }
        // Another daemon may have been quicker; DynamoDB refuses what is so already.
        _ = try control(requests.enableTimeToLive(timeToLive.attribute), deadline: deadline) { failure in
            failure.name == "ValidationException" && failure.message.contains("already enabled")
        }
    }
}
