extension Filter {
    /// Appends the filter as it stands on the wire: a list of `[field, operator, value]`.
    public func write(to writer: inout MessagePackWriter) {
        writer.listHead(conditions.count)
        for condition in conditions {
            writer.listHead(3)
            writer.string(condition.field.text)
            condition.test.write(to: &writer)
        }
    }

    /// Reads a filter; operands share `storage`, over whose bytes the reader runs.
    /// - Throws: `invalidInput`.
    init(_ reader: inout MessagePackReader, storage: ArraySlice<UInt8>) throws(SluiceError) {
        guard case .list(let count) = try reader.next() else { throw .invalidInput("a filter must be a list of conditions") }
        guard count <= Limits.maxConditions else {
            throw SluiceError(
                .invalidInput, "a filter of \(count) conditions; at most \(Limits.maxConditions)",
                details: ["limit": "maxConditions", "value": .integer(Int64(Limits.maxConditions))])
        }
        var conditions: [Condition] = []
        conditions.reserveCapacity(count)
        for _ in 0..<count { conditions.append(try Condition(&reader, storage: storage)) }
        self.init(conditions)
    }
}

extension Condition {
    fileprivate init(_ reader: inout MessagePackReader, storage: ArraySlice<UInt8>) throws(SluiceError) {
        guard case .list(3) = try reader.next() else { throw .invalidInput("a condition must be a list of field, operator and value") }
        let field = try FieldPath(try reader.text("a condition's field"))
        let name = try reader.text("a condition's operator")
        func operand() throws(SluiceError) -> Scalar {
            do { return try Scalar(&reader, storage: storage) } catch {
                var located = error
                located.message = "the condition '\(field) \(name)': \(error.message)"
                throw located
            }
        }
        switch name {
        case "eq": self.init(field, .equal(try operand()))
        case "ne": self.init(field, .notEqual(try operand()))
        case "lt", "lte", "gt", "gte":
            let value = try operand()
            guard value.isOrdered else { throw .invalidInput("the condition '\(field) \(name)' takes a number, a string or a timestamp") }
            self.init(field, .ordered(Relation(rawValue: name)!, value))
        case "in":
            guard case .list(let count) = try reader.next() else { throw .invalidInput("the condition '\(field) in' takes a list") }
            guard count <= Limits.maxInOperands else {
                throw SluiceError(
                    .invalidInput, "the condition '\(field) in' has \(count) values; at most \(Limits.maxInOperands)",
                    details: ["limit": "maxInOperands", "value": .integer(Int64(Limits.maxInOperands))])
            }
            var values: [Scalar] = []
            values.reserveCapacity(count)
            for _ in 0..<count { values.append(try operand()) }
            self.init(field, .isIn(values))
        case "exists":
            guard case .boolean(let isThere) = try reader.next() else {
                throw .invalidInput("the condition '\(field) exists' takes a boolean")
            }
            self.init(field, .exists(isThere))
        case "like":
            guard case .string(let pattern) = try operand() else { throw .invalidInput("the condition '\(field) like' takes a string") }
            self.init(field, .like(LikePattern(pattern)))
        default: throw .invalidInput("'\(name)' is not an operator; they are eq, ne, lt, lte, gt, gte, in, exists, like")
        }
    }
}

extension Condition.Test {
    fileprivate func write(to writer: inout MessagePackWriter) {
        switch self {
        case .equal(let value): Self.write("eq", value, to: &writer)
        case .notEqual(let value): Self.write("ne", value, to: &writer)
        case .ordered(let relation, let value): Self.write(relation.rawValue, value, to: &writer)
        case .isIn(let values):
            writer.string("in")
            writer.listHead(values.count)
            for value in values { value.write(to: &writer) }
        case .exists(let isThere): Self.write("exists", .boolean(isThere), to: &writer)
        case .like(let pattern): Self.write("like", .string(pattern.source[...]), to: &writer)
        }
    }

    private static func write(_ name: String, _ value: Scalar, to writer: inout MessagePackWriter) {
        writer.string(name)
        value.write(to: &writer)
    }
}

extension LikePattern {
    /// The pattern's text: literal percent signs doubled.
    public var source: [UInt8] {
        Array(segments.map { $0.flatMap { $0 == 0x25 ? [0x25, 0x25] : [$0] } }.joined(separator: [0x25]))
    }
}

extension [SortField] {
    /// Appends the order as it stands on the wire: a list of `[field, direction]`.
    public func write(to writer: inout MessagePackWriter) {
        writer.listHead(count)
        for field in self {
            writer.listHead(2)
            writer.string(field.field.text)
            writer.string(field.isDescending ? "desc" : "asc")
        }
    }

    /// Reads an order.
    /// - Throws: `invalidInput`.
    init(_ reader: inout MessagePackReader) throws(SluiceError) {
        guard case .list(let count) = try reader.next(), count <= Limits.maxOrderFields else {
            throw .invalidInput("an order must be a list of at most \(Limits.maxOrderFields) pairs of field and direction")
        }
        self = []
        for _ in 0..<count {
            guard case .list(2) = try reader.next() else { throw .invalidInput("an order's element must be a list of field and direction") }
            let field = try FieldPath(try reader.text("an order's field"))
            let direction = try reader.text("an order's direction")
            guard direction == "asc" || direction == "desc" else {
                throw .invalidInput("the sorting '\(direction)' is neither asc nor desc")
            }
            guard !contains(where: { $0.field == field }) else { throw .invalidInput("the order names '\(field)' twice") }
            append(SortField(field, isDescending: direction == "desc"))
        }
    }
}

extension MessagePackReader {
    /// Reads a string and checks it.
    /// - Throws: `invalidInput` naming `what`.
    mutating func text(_ what: String) throws(SluiceError) -> String {
        guard case .string(let range) = try next() else { throw .invalidInput("\(what) must be a string") }
        let utf8 = UnsafeRawBufferPointer(rebasing: bytes[range])
        try ValueRules.check(text: utf8)
        return String(decoding: utf8, as: UTF8.self)
    }
}
