import SluiceProtocol

/// An index of a collection: its keys, whether it is unique, when documents leave by it. Compared by these and not by name, as two programs
/// that define the same index name it differently.
struct MongoIndex {
    /// What a value in a unique index may be: neither null nor missing, which unique indexes ignore, nor a map or list, which none holds.
    static let comparableTypes: [BSONType] = [.double, .string, .binary, .objectID, .boolean, .date, .int32, .int64, .decimal128]

    /// The fields in the collection's names.
    var fields: [String]
    var isUnique = false
    /// It is the repository's key.
    var isKey = false
    /// Only documents with a value in each field are in it.
    var ignoresAbsent = false
    /// A document leaves when the date in the field is so many seconds old.
    var expireAfterSeconds: Int64?
    /// Its name in the collection; has no meaning when indexes are compared.
    var name: String

    init(_ fields: [String], name: String? = nil) {
        self.fields = fields
        // MongoDB's own manner of naming.
        self.name = name ?? fields.map { "\($0)_1" }.joined(separator: "_")
    }

    /// From what `listIndexes` answers; nil for one that is not of plain ascending or descending fields.
    init?(_ description: UnsafeRawBufferPointer) throws(SluiceError) {
        guard let key = try description.element("key"), key.type == .document else { return nil }
        var fields: [String] = []
        var cursor = try BSONCursor(key.value)
        while let field = try cursor.next() {
            guard let direction = field.integer, direction == 1 || direction == -1 else { return nil }
            fields.append(String(decoding: field.name, as: UTF8.self))
        }
        self.init(fields)
        if let name = try description.element("name"), name.type == .string { self.name = String(decoding: try name.text(), as: UTF8.self) }
        if let unique = try description.element("unique") {
            isUnique = unique.type == .boolean ? unique.value[0] != 0 : unique.integer != 0
        }
        expireAfterSeconds = try description.element("expireAfterSeconds")?.integer
    }

    /// Whether it does what another on the same fields is for.
    func serves(_ other: MongoIndex) -> Bool {
        // One by which documents leave serves as a plain one too.
        isUnique == other.isUnique && (other.expireAfterSeconds == nil || other.expireAfterSeconds == expireAfterSeconds)
    }

    /// The entries by which `createIndexes` knows it.
    func append(_ writer: inout BSONWriter) {
        writer.document("key") { writer in for field in fields { writer.int32(field, 1) } }
        writer.string("name", name)
        if isUnique { writer.boolean("unique", true) }
        if let expireAfterSeconds { writer.int64("expireAfterSeconds", expireAfterSeconds) }
        guard ignoresAbsent else { return }
        writer.document("partialFilterExpression") { writer in
            for field in fields { writer.document(field) { FilterCompiler.appendTypes(Self.comparableTypes, to: &$0) } }
        }
    }

    /// What people read.
    var description: String {
        (isUnique ? "a unique index on " : "an index on ") + fields.joined(separator: ", ")
            + (expireAfterSeconds.map { " with expireAfterSeconds \($0)" } ?? "")
    }
}

extension MongoLayout {
    /// The longest time that a TTL index can have, seconds (https://www.mongodb.com/docs/manual/core/index-ttl/); records that live longer
    /// are
    /// kept out of sight, not deleted.
    private static let maxIndexedSeconds: Int64 = 2_147_483_647

    /// The indexes that the collection needs beside that on `_id`.
    var indexes: [MongoIndex] {
        var indexes: [MongoIndex] = []
        func add(_ index: MongoIndex) {
            if index.fields != ["_id"], !indexes.contains(where: { $0.fields == index.fields && $0.serves(index) }) {
                indexes.append(index)
            }
        }
        if definition.customId {
            var id = MongoIndex(["id"])
            id.isUnique = true
            add(id)
        }
        let keyFields = definition.keyFields.compactMap { try? FieldPath($0.name) }
        if !definition.isKeyedById {
            var key = MongoIndex(keyFields.map(storedName))
            (key.isUnique, key.isKey) = (true, true)
            add(key)
        }
        if let timeToLive = definition.timeToLive, timeToLive.seconds <= Self.maxIndexedSeconds {
            var expiry = MongoIndex([timeToLive.attribute])
            expiry.expireAfterSeconds = timeToLive.seconds
            add(expiry)
        }
        for index in definition.indexes where index.fields != keyFields && index.fields != [.id] {
            var stored = MongoIndex(index.fields.map(storedName), name: index.name)
            (stored.isUnique, stored.ignoresAbsent) = (index.isUnique, index.isUnique)
            add(stored)
        }
        for index in definition.globalIndexes {
            let fields = ([index.attribute.name] + (index.rangeKey.map { [$0.name] } ?? [])).compactMap { try? FieldPath($0) }
            guard fields != keyFields, fields != [.id] else { continue }
            add(MongoIndex(fields.map(storedName)))
        }
        return indexes
    }
}
