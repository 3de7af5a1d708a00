import SluiceBackend
import SluiceProtocol

/// How a repository's records stand in its collection: what the field `id` is called there, what must be unique, when records are gone. A
/// value; it follows from the definition.
struct MongoLayout: Sendable {
    let definition: RepositoryDefinition
    let rules: RecordRules
    /// The field that holds `id`: `_id`, unless the caller owns it.
    let idName: String
    /// What no two records share, each a list of fields: the key and the unique indexes.
    let uniqueness: [[FieldPath]]

    init(_ definition: RepositoryDefinition, limits: Limits) {
        self.definition = definition
        rules = RecordRules(definition, limits: limits)
        idName = definition.customId ? "id" : "_id"
        let key = definition.keyFields.compactMap { try? FieldPath($0.name) }
        var uniqueness = [[FieldPath.id]]
        for fields in [key] + definition.indexes.filter(\.isUnique).map(\.fields) where !uniqueness.contains(fields) {
            uniqueness.append(fields)
        }
        self.uniqueness = uniqueness
    }

    /// The value by which a record's `id` is stored; nil for text that no record can have.
    func storedId(_ utf8: ArraySlice<UInt8>) -> Scalar? {
        if definition.customId { return .string(utf8) }
        return ObjectID(hex: utf8).map { .objectID($0) }
    }

    // MARK: records

    /// The document that is stored for a record.
    /// - Parameter newID: makes the `_id` of a record whose `id` is the caller's own.
    func stored(_ record: Document, newID: () -> ObjectID) throws(SluiceError) -> [UInt8] {
        try BSONWriter.document(capacity: record.bytes.count * 5 / 4 + 64) { writer throws(SluiceError) in
            // `_id` first, where MongoDB would put it.
            let id = definition.customId ? nil : try generatedId(of: record)
            writer.scalar("_id", .objectID(id ?? newID()))
            try append(record, to: &writer)
        }
    }

    /// The document that takes the place of a stored one, which keeps its `_id`.
    func replacement(_ record: Document) throws(SluiceError) -> [UInt8] {
        try BSONWriter.document(capacity: record.bytes.count * 5 / 4 + 64) { writer throws(SluiceError) in try append(record, to: &writer) }
    }

    /// The fields that an update sets, by name: top-level names hold no `.` and begin with no `$`, so none is read as a path or an
    /// operator.
    func appendChanges(_ changes: Document, to writer: inout BSONWriter) throws(SluiceError) { try append(changes, to: &writer) }

    private func append(_ record: Document, to writer: inout BSONWriter) throws(SluiceError) {
        try record.bytes.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            guard case .map(let count) = try reader.next() else { throw .malformed("a record that is no map") }
            for _ in 0..<count {
                guard case .string(let range) = try reader.next() else { throw .malformed("a name that is no string") }
                let name = UnsafeRawBufferPointer(rebasing: buffer[range])
                if !definition.customId, name.elementsEqual("id".utf8) {
                    var budget = 2
                    try reader.skip(budget: &budget)
                } else {
                    try writer.value(name, &reader)
                }
            }
        }
    }

    private func generatedId(of record: Document) throws(SluiceError) -> ObjectID {
        guard case .scalar(.string(let utf8)) = record[name: "id"], let id = ObjectID(hex: utf8) else {
            throw .invalidInput("'id' must be 24 lowercase hexadecimal digits")
        }
        return id
    }

    /// Appends a stored document as a record's MessagePack.
    func appendRecord(_ stored: UnsafeRawBufferPointer, to bytes: inout [UInt8]) throws(SluiceError) {
        var writer = MessagePackWriter()
        swap(&writer.bytes, &bytes)
        defer { swap(&writer.bytes, &bytes) }
        var cursor = try BSONCursor(stored)
        writer.mapHead(try shownCount(cursor))
        while let element = try cursor.next() {
            if element.name.elementsEqual("_id".utf8) {
                guard !definition.customId else { continue }
                writer.string("id")
                try writeId(element, to: &writer)
            } else if definition.customId || !element.name.elementsEqual("id".utf8) {
                try writer.checked(element.name)
                try element.write(to: &writer, depth: 1)
            }
        }
    }

    /// How many fields callers see: `_id` and `id` are one.
    private func shownCount(_ cursor: BSONCursor) throws(SluiceError) -> Int {
        var cursor = cursor
        var count = 0
        while let element = try cursor.next() {
            if !element.name.elementsEqual((definition.customId ? "_id" : "id").utf8) { count += 1 }
        }
        return count
    }

    /// `id` is text, whatever others may have put into `_id`.
    private func writeId(_ element: BSONCursor.Element, to writer: inout MessagePackWriter) throws(SluiceError) {
        switch element.type {
        case .objectID:
            let id = try ObjectID(payload: element.value)
            writer.string(id.hex)
        case .string: try writer.checked(try element.text())
        default: writer.string(element.integer.map { String($0) } ?? "")
        }
    }

    /// A stored document as a record.
    func record(_ stored: UnsafeRawBufferPointer) throws(SluiceError) -> Document {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(stored.count)
        try appendRecord(stored, to: &bytes)
        return Document(trusted: bytes[...])
    }
}
