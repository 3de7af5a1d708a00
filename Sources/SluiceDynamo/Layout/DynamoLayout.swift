import SluiceBackend
import SluiceProtocol

/// How a repository's records stand in its table: under which key, what its GSIs demand, how the time of creation becomes one of expiry. A
/// value; it follows from the definition.
struct DynamoLayout: Sendable {
    let definition: RepositoryDefinition
    let rules: RecordRules
    /// The key's fields as paths, hash first.
    let keyPaths: [FieldPath]
    /// The attributes that GSIs are on, each once, and whether as a range key, whose values are shorter.
    private let indexedAttributes: [(field: RepositoryDefinition.KeyField, isRange: Bool)]

    /// The largest item, bytes, names included
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-items).
    static let maxItemBytes = (name: "maxItemBytes", value: 400 << 10)

    init(_ definition: RepositoryDefinition, limits: Limits) {
        self.definition = definition
        rules = RecordRules(definition, limits: limits)
        keyPaths = definition.keyFields.compactMap { try? FieldPath($0.name) }
        let ranges = definition.globalIndexes.compactMap(\.rangeKey)
        var indexed: [RepositoryDefinition.KeyField] = []
        for field in ranges + definition.globalIndexes.map(\.attribute) where !indexed.contains(field) { indexed.append(field) }
        indexedAttributes = indexed.map { ($0, ranges.contains($0)) }
    }

    var tableName: String { definition.name }

    /// The key of a record that has passed the rules.
    func key(of record: Document) throws(SluiceError) -> DynamoKey {
        var values: [Scalar] = []
        for field in definition.keyFields {
            guard case .scalar(let value) = record[name: field.name] else {
                throw SluiceError(.backendError, "a stored item lacks its key '\(field.name)'")
            }
            values.append(value)
        }
        return DynamoKey(values)
    }

    /// Appends a key as a JSON map of attributes.
    func append(_ key: DynamoKey, to writer: inout AttributeWriter) throws(SluiceError) {
        writer.text.append(UInt8(ascii: "{"))
        for (number, field) in definition.keyFields.enumerated() {
            if number > 0 { writer.text.append(UInt8(ascii: ",")) }
            JSONText.string(field.name, to: &writer.text)
            writer.text.append(UInt8(ascii: ":"))
            try writer.scalar(key.values[number])
        }
        writer.text.append(UInt8(ascii: "}"))
    }

    // MARK: records

    /// A record as an item's JSON.
    /// - Throws: `invalidInput` for what the table or a GSI cannot hold; `tooLarge` naming `maxItemBytes`.
    func item(_ record: Document) throws(SluiceError) -> [UInt8] {
        try checkIndexed(record)
        if let flaw = try key(of: record).flaw { throw flaw }
        var writer = AttributeWriter()
        writer.text.reserveCapacity(record.bytes.count * 3 / 2 + 64)
        try appendFields(record, to: &writer)
        try Self.check(itemBytes: writer.itemBytes)
        return writer.text
    }

    /// - Throws: `tooLarge` naming `maxItemBytes`.
    static func check(itemBytes: Int) throws(SluiceError) {
        guard itemBytes <= maxItemBytes.value else {
            throw .tooLarge(
                "a record of \(itemBytes) bytes as DynamoDB counts them; at most \(maxItemBytes.value)", limit: maxItemBytes.name,
                value: maxItemBytes.value)
        }
    }

    private func appendFields(_ record: Document, to writer: inout AttributeWriter) throws(SluiceError) {
        writer.text.append(UInt8(ascii: "{"))
        var isFirst = true
        try forEachAttribute(of: record) { name, value throws(SluiceError) in
            if !isFirst { writer.text.append(UInt8(ascii: ",")) }
            isFirst = false
            writer.name(name)
            try value(&writer)
        }
        writer.text.append(UInt8(ascii: "}"))
    }

    /// Calls `body` with each top-level name and what appends its value.
    func forEachAttribute(
        of record: Document,
        _ body: (UnsafeRawBufferPointer, (inout AttributeWriter) throws(SluiceError) -> Void) throws(SluiceError) -> Void
    ) throws(SluiceError) {
        try record.bytes.withBytes { buffer throws(SluiceError) in
            try record.forEachField { name, range throws(SluiceError) in
                try body(name) { writer throws(SluiceError) in
                    var reader = MessagePackReader(buffer, offset: range.lowerBound)
                    if let timeToLive = definition.timeToLive, name.elementsEqual(timeToLive.attribute.utf8),
                        case .scalar(.timestamp(let created)) = record[name: timeToLive.attribute]
                    {
                        writer.number(String(Self.expiry(created, timeToLive)))
                    } else {
                        try writer.value(&reader)
                    }
                }
            }
        }
    }

    /// Checks what GSIs demand of their attributes: their type where they are there, and no emptiness
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.OnlineOps.ViolationDetection, and PutItem's
    /// ValidationException "Type mismatch for Index Key").
    func checkIndexed(_ record: Document) throws(SluiceError) {
        for (field, isRange) in indexedAttributes {
            let value: Scalar
            switch record[name: field.name] {
            case .missing: continue
            case .scalar(let scalar) where field.type.admits(scalar): value = scalar
            default: throw .invalidInput("'\(field.name)' belongs to a GSI: DynamoDB keeps only the type \(field.type.rawValue) there")
            }
            if let flaw = DynamoKey(isRange ? [.null, value] : [value]).flaw { throw flaw }
        }
    }

    /// Appends an item at the reader's position as a record.
    /// - Throws: `backendError` for what callers cannot be given.
    func appendRecord(_ reader: inout AttributeReader, to writer: inout MessagePackWriter) throws(SluiceError) {
        let head = writer.bytes.count
        writer.mapHead(0)
        var count = 0
        try reader.forEachMember { reader, name throws(SluiceError) in
            let start = writer.bytes.count
            writer.string(utf8: name)
            let valueStart = writer.bytes.count
            try reader.value(to: &writer, depth: 1)
            // Never a field of records, whoever has put it there.
            guard !name.elementsEqual("_id".utf8) else { return writer.bytes.removeSubrange(start...) }
            count += 1
            if let timeToLive = definition.timeToLive, name.elementsEqual(timeToLive.attribute.utf8) {
                Self.showCreation(timeToLive, at: valueStart, in: &writer)
            }
        }
        writer.patchHead(at: head, count: count, short: 0x80, long: 0xde)
    }

    // MARK: expiry

    /// The number that DynamoDB keeps for a time of creation: the second in which the record goes. Wider than a lifetime of 64 bits added
    /// to it.
    static func expiry(_ created: Timestamp, _ timeToLive: RepositoryDefinition.TimeToLive) -> Int128 {
        let seconds = created.truncatedToSeconds.milliseconds / 1000
        return Int128(seconds) + Int128(timeToLive.seconds)
    }

    /// Puts the time of creation in the place of the number, or of the text that the origin wrote, which says when the record goes.
    /// Anything else stays: it is no time.
    private static func showCreation(
        _ timeToLive: RepositoryDefinition.TimeToLive, at start: Int, in writer: inout MessagePackWriter
    ) {
        let value = writer.bytes[start...]
        let expiry: Int128? = value.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            switch try? reader.next() {
            case .integer(let seconds): return Int128(seconds)
            case .float(let seconds) where seconds.magnitude < 1e18: return Int128(seconds.rounded(.down))
            case .string(let range): return Int128(String(decoding: bytes[range], as: UTF8.self))
            case .ext(ExtensionType.decimal, let range): return Int128(String(decoding: bytes[range], as: UTF8.self))
            default: return nil
            }
        }
        guard let expiry else { return }
        let (milliseconds, isHuge) = (expiry - Int128(timeToLive.seconds)).multipliedReportingOverflow(by: 1000)
        guard !isHuge, let exact = Int64(exactly: milliseconds), let created = Timestamp(milliseconds: exact) else { return }
        writer.bytes.removeSubrange(start...)
        created.write(to: &writer)
    }
}
