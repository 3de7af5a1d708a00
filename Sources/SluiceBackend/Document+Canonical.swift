import SluiceProtocol

// A record is stored and answered in one form, whatever form it came in: shortest MessagePack, timestamps in whole milliseconds, decimals
// as canonical text. So what a create answers is what every later read gives.
extension Document {
    /// The canonical copy, with some top-level fields set and others left out.
    public func canonical(setting values: [(name: String, value: Scalar)] = [], dropping names: [String] = []) -> Document {
        func isCopied(_ name: UnsafeRawBufferPointer) -> Bool {
            !values.contains { name.elementsEqual($0.name.utf8) } && !names.contains { name.elementsEqual($0.utf8) }
        }
        var copied = count
        if !values.isEmpty || !names.isEmpty {
            copied = 0
            forEachField { name, _ in if isCopied(name) { copied += 1 } }
        }
        var writer = MessagePackWriter()
        writer.bytes.reserveCapacity(bytes.count + 64)
        writer.mapHead(copied + values.count)
        bytes.withUnsafeBytes { buffer in
            forEachField { name, range in
                guard isCopied(name) else { return }
                writer.string(utf8: name)
                var reader = MessagePackReader(buffer, offset: range.lowerBound)
                writer.canonical(&reader)
            }
        }
        for (name, value) in values {
            writer.string(name)
            value.write(to: &writer)
        }
        return Document(trusted: writer.bytes[...])
    }
}

extension MessagePackWriter {
    /// Copies one value of a checked document, however deep.
    fileprivate mutating func canonical(_ reader: inout MessagePackReader) {
        var pending = 1
        while pending > 0, let item = try? reader.next() {
            pending -= 1
            switch item {
            case .null: null()
            case .boolean(let value): boolean(value)
            case .integer(let value): integer(value)
            case .float(let value): float(value)
            case .string(let range): string(utf8: UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
            case .binary(let range): binary(UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
            case .ext(let type, let range): canonical(ext: type, UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
            case .list(let count):
                listHead(count)
                pending += count
            case .map(let count):
                mapHead(count)
                pending += 2 * count
            case .oversizedInteger: preconditionFailure("a checked document holds no integer over 2^63-1")
            }
        }
    }

    private mutating func canonical(ext type: Int8, _ payload: UnsafeRawBufferPointer) {
        if type == ExtensionType.timestamp, let time = try? Timestamp(payload: payload) {
            time.write(to: &self)
        } else if type == ExtensionType.decimal, let number = try? DecimalNumber(text: payload) {
            number.write(to: &self)
        } else {
            ext(type, payload)
        }
    }
}
