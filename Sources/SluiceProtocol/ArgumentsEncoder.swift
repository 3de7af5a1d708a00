/// Collects a request's arguments into their map (PROTOCOL.md section 5); the mirror of
/// `RequestArguments`. A value of the caller that builds a request.
public struct ArgumentsEncoder: Sendable {
    private var writer = MessagePackWriter([0x80])

    /// No arguments yet.
    public init() {}

    /// The map so far. There are fewer than sixteen keys, so its head is always one byte.
    public var bytes: [UInt8] { writer.bytes }

    /// Key 1.
    public mutating func filter(_ value: Filter) {
        key(1)
        value.write(to: &writer)
    }

    /// Key 2.
    public mutating func object(_ value: Document) {
        key(2)
        writer.raw(value.bytes)
    }

    /// Key 3.
    public mutating func objects(_ values: [Document]) {
        key(3)
        writer.listHead(values.count)
        for value in values { writer.raw(value.bytes) }
    }

    /// Key 4.
    public mutating func order(_ value: [SortField]) {
        key(4)
        value.write(to: &writer)
    }

    /// Key 5: at most so many records; 0 is no limit.
    public mutating func limit(_ value: Int) { integer(5, value) }

    /// Key 6: so many records are passed over.
    public mutating func offset(_ value: Int) { integer(6, value) }

    /// Key 7.
    public mutating func token(_ value: String) {
        key(7)
        writer.string(value)
    }

    /// Key 8.
    public mutating func all(_ value: Bool) {
        key(8)
        writer.boolean(value)
    }

    /// Key 9, for one object.
    public mutating func generated(_ value: Bool) {
        key(9)
        writer.boolean(value)
    }

    /// Key 9, for each of `objects`.
    public mutating func generated(_ values: [Bool]) {
        key(9)
        writer.listHead(values.count)
        for value in values { writer.boolean(value) }
    }

    /// Key 10: records a page.
    public mutating func pageSize(_ value: Int) { integer(10, value) }

    /// Key 11: the caller's definition, untouched.
    public mutating func definition(_ value: StructuredValue) {
        key(11)
        value.write(to: &writer)
    }

    private mutating func key(_ key: Int64) {
        writer.bytes[0] += 1
        writer.integer(key)
    }

    private mutating func integer(_ key: Int64, _ value: Int) {
        self.key(key)
        writer.integer(Int64(value))
    }
}
