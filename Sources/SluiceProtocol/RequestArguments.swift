/// A request's arguments, each decoded and checked; which ones an operation needs is `RepositoryOperation`'s business.
/// Documents and operands are slices of `storage`.
public struct RequestArguments: Sendable {
    var filter: Filter?
    var object: Document?
    var objects: [Document]?
    var order: [SortField]?
    var limit: Int?
    var offset: Int?
    var token: String?
    var all = false
    var generated: Bool?
    var generatedEach: [Bool]?
    var pageSize: Int?
    var definition: RepositoryDefinition?

    /// No arguments.
    public init() {}

    /// Decodes the arguments' map, which is all of `storage`.
    /// - Throws: `invalidInput`.
    public init(_ storage: ArraySlice<UInt8>) throws(SluiceError) {
        self.init()
        try storage.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            guard case .map(let count) = try reader.next() else { throw .invalidInput("the arguments must be a map") }
            var seen = SeenKeys()
            for _ in 0..<count {
                guard case .integer(let key) = try reader.next() else { throw .invalidInput("an argument's key is not an integer") }
                try seen.insert(key)
                try self.decode(key, &reader, storage)
            }
        }
    }

    private mutating func decode(_ key: Int64, _ reader: inout MessagePackReader, _ storage: ArraySlice<UInt8>) throws(SluiceError) {
        switch key {
        case 1:
            var ahead = reader
            if case .null = try ahead.next() { reader = ahead } else { filter = try Filter(&reader, storage: storage) }
        case 2: object = try Self.document(&reader, storage)
        case 3: objects = try Self.documents(&reader, storage)
        case 4: order = try [SortField](&reader)
        case 5: limit = try Self.natural(&reader, "the limit")
        case 6: offset = try Self.natural(&reader, "the offset")
        case 7: token = try reader.text("the token")
        case 8: all = try Self.boolean(&reader, "'all'")
        case 9: try decodeGenerated(&reader)
        case 10: pageSize = try Self.natural(&reader, "the page size")
        case 11: definition = try RepositoryDefinition(try StructuredValue(try Self.document(&reader, storage)))
        default:
            var budget = Int.max
            try reader.skip(budget: &budget)
        }
    }

    private mutating func decodeGenerated(_ reader: inout MessagePackReader) throws(SluiceError) {
        switch try reader.next() {
        case .boolean(let value): generated = value
        case .list(let count):
            var each: [Bool] = []
            for _ in 0..<count { each.append(try Self.boolean(&reader, "each of 'generated'")) }
            generatedEach = each
        default: throw .invalidInput("'generated' must be a boolean, or a list of them")
        }
    }

    private static func document(_ reader: inout MessagePackReader, _ storage: ArraySlice<UInt8>) throws(SluiceError) -> Document {
        let start = reader.offset
        reader.offset = try DocumentValidator.validate(reader)
        return Document(trusted: storage[storage.startIndex + start..<storage.startIndex + reader.offset])
    }

    private static func documents(_ reader: inout MessagePackReader, _ storage: ArraySlice<UInt8>) throws(SluiceError) -> [Document] {
        guard case .list(let count) = try reader.next(), (1...Limits.maxObjects).contains(count) else {
            throw SluiceError(
                .invalidInput, "the objects must be a list of 1 to \(Limits.maxObjects) documents",
                details: ["limit": "maxObjects", "value": .integer(Int64(Limits.maxObjects))])
        }
        var documents: [Document] = []
        documents.reserveCapacity(count)
        for _ in 0..<count { documents.append(try document(&reader, storage)) }
        return documents
    }

    private static func natural(_ reader: inout MessagePackReader, _ what: String) throws(SluiceError) -> Int {
        let value = try reader.integer(what)
        guard value >= 0 else { throw .invalidInput("\(what) is negative") }
        return Int(value)
    }

    private static func boolean(_ reader: inout MessagePackReader, _ what: String) throws(SluiceError) -> Bool {
        guard case .boolean(let value) = try reader.next() else { throw .invalidInput("\(what) must be a boolean") }
        return value
    }
}

extension StructuredValue {
    /// The tree of a document without binary and extension values.
    init(_ document: Document) throws(SluiceError) {
        self = try document.bytes.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            return try StructuredValue(&reader)
        }
    }
}
