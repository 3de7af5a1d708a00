import SluiceProtocol

extension Document {
    /// Whether another record holds the same: fields in any order, numbers by their value, since DynamoDB keeps neither an order nor
    /// whether an integral number was a float.
    func hasContent(of other: Document) -> Bool {
        bytes.withUnsafeBytes { left in
            other.bytes.withUnsafeBytes { right in
                var leftReader = MessagePackReader(left)
                var rightReader = MessagePackReader(right)
                return (try? Self.isSame(&leftReader, &rightReader)) ?? false
            }
        }
    }

    private static func isSame(_ left: inout MessagePackReader, _ right: inout MessagePackReader) throws(SluiceError) -> Bool {
        switch (try left.next(), try right.next()) {
        case (.null, .null): return true
        case (.boolean(let one), .boolean(let two)): return one == two
        case (.integer(let one), .integer(let two)): return one == two
        case (.float(let one), .float(let two)): return one == two
        case (.integer(let integer), .float(let float)), (.float(let float), .integer(let integer)): return Int64(exactly: float) == integer
        case (.string(let one), .string(let two)), (.binary(let one), .binary(let two)):
            return left.bytes[one].elementsEqual(right.bytes[two])
        case (.ext(let kind, let one), .ext(let other, let two)):
            return kind == other && left.bytes[one].elementsEqual(right.bytes[two])
        case (.list(let one), .list(let two)):
            guard one == two else { return false }
            for _ in 0..<one { guard try isSame(&left, &right) else { return false } }
            return true
        case (.map(let one), .map(let two)):
            guard one == two else { return false }
            return try isSameMap(one, &left, &right)
        default: return false
        }
    }

    private static func isSameMap(
        _ count: Int, _ left: inout MessagePackReader, _ right: inout MessagePackReader
    ) throws(SluiceError) -> Bool {
        var places: [[UInt8]: Int] = [:]
        var budget = Int.max
        for _ in 0..<count {
            guard case .string(let name) = try right.next() else { return false }
            places[Array(right.bytes[name])] = right.offset
            try right.skip(budget: &budget)
        }
        for _ in 0..<count {
            guard case .string(let name) = try left.next(), let place = places[Array(left.bytes[name])] else { return false }
            var member = MessagePackReader(right.bytes, offset: place)
            guard try isSame(&left, &member) else { return false }
        }
        return true
    }

    // MARK: floats

    /// The record as DynamoDB gives it back: floats that are integers of 64 bits as integers, since it has one kind of number.
    var withIntegralFloatsAsIntegers: Document {
        bytes.withUnsafeBytes { buffer in
            guard Self.holdsIntegralFloat(buffer) else { return self }
            var writer = MessagePackWriter()
            writer.bytes.reserveCapacity(buffer.count)
            var reader = MessagePackReader(buffer)
            while !reader.isAtEnd {
                let start = reader.offset
                // What is checked can be read.
                guard let item = try? reader.next() else { return self }
                if case .float(let float) = item, let integer = Int64(exactly: float) {
                    writer.integer(integer)
                } else {
                    writer.bytes.append(contentsOf: buffer[start..<reader.offset])
                }
            }
            return Document(trusted: writer.bytes[...])
        }
    }

    private static func holdsIntegralFloat(_ buffer: UnsafeRawBufferPointer) -> Bool {
        var reader = MessagePackReader(buffer)
        while !reader.isAtEnd, let item = try? reader.next() {
            if case .float(let float) = item, Int64(exactly: float) != nil { return true }
        }
        return false
    }
}
