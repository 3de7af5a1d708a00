import SluiceProtocol

/// From a server's BSON straight to MessagePack. Kinds that Sluice has not are shown as one-key maps of MongoDB's Extended JSON v2
/// (https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md).
extension BSONCursor.Element {
    /// Appends the element's value.
    /// - Parameter depth: containers around it.
    func write(to writer: inout MessagePackWriter, depth: Int) throws(SluiceError) {
        switch type {
        case .double: Self.write(Double(bitPattern: little(UInt64.self)), to: &writer)
        case .string, .symbol: try writer.checked(text())
        case .document: try writeMap(to: &writer, depth: depth + 1)
        case .array:
            var cursor = try BSONCursor(try nested(depth))
            writer.listHead(try cursor.count())
            while let element = try cursor.next() { try element.write(to: &writer, depth: depth + 1) }
        case .binary: writer.binary(try payload())
        case .undefined, .null: writer.null()
        case .objectID: writer.ext(ExtensionType.objectID, value)
        case .boolean: writer.boolean(value[0] != 0)
        case .date: Self.write(milliseconds: little(Int64.self), to: &writer)
        case .int32: writer.integer(Int64(little(Int32.self)))
        case .int64: writer.integer(little(Int64.self))
        case .decimal128: writeDecimal(to: &writer)
        case .regularExpression, .dbPointer, .code, .codeWithScope, .timestamp, .minKey, .maxKey:
            try writeForeign(to: &writer, depth: depth)
        }
    }

    private func nested(_ depth: Int) throws(SluiceError) -> UnsafeRawBufferPointer {
        guard depth < Limits.maxDepth else {
            throw SluiceError(.backendError, "a stored record nests deeper than \(Limits.maxDepth)")
        }
        return value
    }

    private func writeMap(to writer: inout MessagePackWriter, depth: Int) throws(SluiceError) {
        var cursor = try BSONCursor(try nested(depth - 1))
        let count = try cursor.count()
        if count == 1 {
            var ahead = cursor
            if let sole = try ahead.next(), try sole.writeLongDecimal(to: &writer) { return }
        }
        writer.mapHead(count)
        while let element = try cursor.next() {
            try writer.checked(StoredKey.shown(element.name))
            try element.write(to: &writer, depth: depth)
        }
    }

    /// As the only element of a map: writes the decimal that the map stands for, if it is one that Sluice stores so. Any other such map is
    /// one that others have left.
    private func writeLongDecimal(to writer: inout MessagePackWriter) throws(SluiceError) -> Bool {
        guard type == .string, name.elementsEqual(StoredKey.decimal.utf8) else { return false }
        let text = try text()
        guard Decimal128(text: text) == nil, let number = try? DecimalNumber(text: text), number.text.utf8.elementsEqual(text) else {
            return false
        }
        writer.ext(ExtensionType.decimal, text)
        return true
    }

    private static func write(_ number: Double, to writer: inout MessagePackWriter) {
        if number.isFinite { return writer.float(number) }
        writer.mapHead(1)
        writer.string("$numberDouble")
        writer.string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
    }

    private static func write(milliseconds: Int64, to writer: inout MessagePackWriter) {
        if let time = Timestamp(milliseconds: milliseconds) { return time.write(to: &writer) }
        writer.mapHead(1)
        writer.string("$date")
        writer.mapHead(1)
        writer.string("$numberLong")
        writer.string(String(milliseconds))
    }

    private func writeDecimal(to writer: inout MessagePackWriter) {
        let number = Decimal128(low: little(UInt64.self), high: little(UInt64.self, at: 8))
        if number.isFinite { return number.withText { writer.ext(ExtensionType.decimal, $0) } }
        writer.mapHead(1)
        writer.string(StoredKey.decimal)
        number.withText { writer.string(utf8: $0) }
    }

    /// A binary's bytes, whatever its subtype; the old subtype 2 has a second length.
    private func payload() throws(SluiceError) -> UnsafeRawBufferPointer {
        guard value[4] == 2 else { return UnsafeRawBufferPointer(rebasing: value[5...]) }
        guard value.count >= 9 else { throw BSONCursor.malformed }
        return UnsafeRawBufferPointer(rebasing: value[9...])
    }
}

extension MessagePackWriter {
    /// A text from a server, which others may have written.
    mutating func checked(_ text: UnsafeRawBufferPointer) throws(SluiceError) {
        do { try ValueRules.check(text: text) } catch {
            throw SluiceError(.backendError, "a stored record holds text that callers cannot be given: \(error.message)")
        }
        string(utf8: text)
    }
}
