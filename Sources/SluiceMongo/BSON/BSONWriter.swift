import SluiceProtocol

/// Appends BSON to a byte array of its own: elements with their names, documents and lists by a closure that fills them. A value; whoever
/// builds a command, a query or a record owns one.
struct BSONWriter {
    /// One document, complete once `document` has returned.
    var bytes: [UInt8] = []

    /// One whole document.
    static func document<E: Error>(capacity: Int = 256, _ fill: (inout BSONWriter) throws(E) -> Void) throws(E) -> [UInt8] {
        var writer = BSONWriter()
        writer.bytes.reserveCapacity(capacity)
        let start = writer.open()
        try fill(&writer)
        writer.close(start)
        return writer.bytes
    }

    // MARK: names

    /// The head of an element.
    @inline(__always)
    mutating func head(_ type: BSONType, _ name: some Sequence<UInt8>) {
        bytes.append(type.rawValue)
        bytes.append(contentsOf: name)
        bytes.append(0)
    }

    // MARK: containers

    /// A document within.
    mutating func document<E: Error>(_ name: some StringProtocol, _ fill: (inout BSONWriter) throws(E) -> Void) throws(E) {
        head(.document, name.utf8)
        let start = open()
        try fill(&self)
        close(start)
    }

    /// A list within; `fill` names its elements by their numbers, as `ListIndex` gives them.
    mutating func list<E: Error>(
        _ name: some StringProtocol, _ fill: (inout BSONWriter, inout ListIndex) throws(E) -> Void
    ) throws(E) {
        head(.array, name.utf8)
        let start = open()
        var index = ListIndex()
        try fill(&self, &index)
        close(start)
    }

    /// A document that is there already.
    mutating func document(_ name: some StringProtocol, raw: [UInt8]) {
        head(.document, name.utf8)
        bytes.append(contentsOf: raw)
    }

    /// Reserves the length before a document's elements; `close` fills it in.
    mutating func open() -> Int {
        bytes.append(contentsOf: [0, 0, 0, 0])
        return bytes.count - 4
    }

    /// Ends the document that `open` began.
    mutating func close(_ start: Int) {
        bytes.append(0)
        let count = UInt32(bytes.count - start)
        withUnsafeBytes(of: count.littleEndian) { length in
            for index in 0..<4 { bytes[start + index] = length[index] }
        }
    }

    // MARK: values

    /// A value as it stands in another document.
    mutating func raw(_ name: some StringProtocol, _ type: BSONType, _ value: [UInt8]) {
        head(type, name.utf8)
        bytes.append(contentsOf: value)
    }

    mutating func string(_ name: some StringProtocol, _ value: String) {
        head(.string, name.utf8)
        text(Array(value.utf8))
    }

    mutating func int32(_ name: some StringProtocol, _ value: Int32) {
        head(.int32, name.utf8)
        little(value)
    }

    mutating func int64(_ name: some StringProtocol, _ value: Int64) {
        head(.int64, name.utf8)
        little(value)
    }

    mutating func boolean(_ name: some StringProtocol, _ value: Bool) {
        head(.boolean, name.utf8)
        bytes.append(value ? 1 : 0)
    }

    mutating func null(_ name: some StringProtocol) { head(.null, name.utf8) }

    /// A date, milliseconds since 1970.
    mutating func date(_ name: some StringProtocol, _ milliseconds: Int64) {
        head(.date, name.utf8)
        little(milliseconds)
    }

    /// A regular expression of our own making, which holds no U+0000, without options.
    mutating func regularExpression(_ name: some StringProtocol, _ pattern: [UInt8]) {
        head(.regularExpression, name.utf8)
        bytes.append(contentsOf: pattern)
        bytes.append(contentsOf: [0, 0])
    }

    mutating func scalar(_ name: some StringProtocol, _ value: Scalar) { scalar(name.utf8, value) }

    /// A value of Sluice's as it is stored: integers in 32 bits where they fit, a decimal that Decimal128 does not hold as a map.
    mutating func scalar(_ name: some Sequence<UInt8>, _ value: Scalar) {
        switch value {
        case .null: head(.null, name)
        case .boolean(let value):
            head(.boolean, name)
            bytes.append(value ? 1 : 0)
        case .integer(let value): integer(name, value)
        case .float(let value):
            head(.double, name)
            little(Int64(bitPattern: value.bitPattern))
        case .string(let utf8):
            head(.string, name)
            text(utf8)
        case .binary(let payload):
            head(.binary, name)
            payload.withUnsafeBytes { binary($0) }
        case .timestamp(let time):
            head(.date, name)
            little(time.milliseconds)
        case .decimal(let number): decimal(name, number.text.utf8)
        case .objectID(let id):
            head(.objectID, name)
            objectID(id)
        }
    }

    mutating func integer(_ name: some Sequence<UInt8>, _ value: Int64) {
        if let small = Int32(exactly: value) {
            head(.int32, name)
            little(small)
        } else {
            head(.int64, name)
            little(value)
        }
    }

    /// Decimal128, or `{"$numberDecimal": text}` for what it would not give back digit for digit.
    /// - Parameter text: of a valid decimal, canonical if it has more digits than Decimal128 holds.
    mutating func decimal(_ name: some Sequence<UInt8>, _ text: some Collection<UInt8>) {
        if let value = Decimal128(text: text) {
            head(.decimal128, name)
            little(value.low)
            little(value.high)
        } else {
            head(.document, name)
            let start = open()
            head(.string, StoredKey.decimal.utf8)
            self.text(text)
            close(start)
        }
    }

    /// The payload of an ObjectId.
    mutating func objectID(_ id: ObjectID) { id.withBytes { bytes.append(contentsOf: $0) } }

    /// The payload of a string: its length with the closing NUL, and its bytes.
    mutating func text(_ utf8: some Collection<UInt8>) {
        little(Int32(utf8.count + 1))
        bytes.append(contentsOf: utf8)
        bytes.append(0)
    }

    /// The payload of a binary of the generic subtype.
    mutating func binary(_ payload: UnsafeRawBufferPointer) {
        little(Int32(payload.count))
        bytes.append(0)
        bytes.append(contentsOf: payload)
    }

    @inline(__always)
    mutating func little(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
