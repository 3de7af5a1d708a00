/// A record as its MessagePack bytes: a slice of the frame it came in, or bytes an engine wrote.
/// Valid by construction; nobody builds a tree of it.
public struct Document: Sendable {
    /// One MessagePack map with string keys.
    public let bytes: ArraySlice<UInt8>

    /// Checks the bytes, all of them.
    /// - Throws: `invalidInput` by the rules of PROTOCOL.md section 3.
    public init(validating bytes: ArraySlice<UInt8>) throws(SluiceError) {
        let end = try bytes.withBytes { buffer throws(SluiceError) in try DocumentValidator.validate(MessagePackReader(buffer)) }
        guard end == bytes.count else { throw .malformed("\(bytes.count - end) bytes after the document") }
        self.bytes = bytes
    }

    /// Bytes that an engine or Sluice itself wrote.
    public init(trusted bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The number of top-level fields.
    public var count: Int {
        bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            guard case .map(let count)? = try? reader.next() else { return 0 }
            return count
        }
    }

    /// Calls `body` with each top-level name and the range of its value within `bytes` (counted from its start).
    public func forEachField<E: Error>(_ body: (_ name: UnsafeRawBufferPointer, _ value: Range<Int>) throws(E) -> Void) throws(E) {
        try bytes.withBytes { buffer throws(E) in
            var reader = MessagePackReader(buffer)
            guard case .map(let count)? = try? reader.next() else { return }
            for _ in 0..<count {
                guard case .string(let name)? = try? reader.next() else { return }
                let start = reader.offset
                var budget = Int.max
                try? reader.skip(budget: &budget)
                try body(UnsafeRawBufferPointer(rebasing: buffer[name]), start..<reader.offset)
            }
        }
    }

    /// The value at a path through maps.
    public enum Field: Sendable, Equatable {
        /// Nothing is there.
        case missing
        /// A map or a list.
        case container
        /// Anything else, null included.
        case scalar(Scalar)

        /// The scalar for conditions, orders and indexes, where missing is null; nil for a container.
        public var comparable: Scalar? {
            switch self {
            case .missing: .null
            case .container: nil
            case .scalar(let scalar): scalar
            }
        }
    }

    /// Looks a field up by its path.
    public subscript(path: FieldPath) -> Field { field(path.components) }

    /// Looks a top-level field up by its name.
    public subscript(name name: String) -> Field { field([name[...]]) }

    private func field(_ components: [Substring]) -> Field {
        bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            for (depth, component) in components.enumerated() {
                guard case .map(let count)? = try? reader.next(), Self.seek(component, count, &reader) else { return .missing }
                guard depth == components.count - 1 else { continue }
                if let scalar = try? Scalar(&reader, storage: bytes) { return .scalar(scalar) }
                return .container
            }
            return .missing
        }
    }

    /// Moves the reader to the value of `name` in the map it has just entered.
    private static func seek(_ name: Substring, _ count: Int, _ reader: inout MessagePackReader) -> Bool {
        var budget = Int.max
        for _ in 0..<count {
            guard case .string(let range)? = try? reader.next() else { return false }
            if reader.bytes[range].elementsEqual(name.utf8) { return true }
            guard (try? reader.skip(budget: &budget)) != nil else { return false }
        }
        return false
    }

    /// A copy in which the top-level fields of `changes` are set and the others kept.
    public func merging(_ changes: Document) -> Document {
        var replaced: [[UInt8]: Range<Int>] = [:]
        changes.forEachField { name, value in replaced[Array(name)] = value }
        var writer = MessagePackWriter()
        writer.bytes.reserveCapacity(bytes.count + changes.bytes.count)
        var kept = 0
        forEachField { name, _ in if replaced[Array(name)] == nil { kept += 1 } }
        writer.mapHead(kept + replaced.count)
        forEachField { name, value in
            guard replaced[Array(name)] == nil else { return }
            writer.string(utf8: name)
            writer.raw(slice(value))
        }
        changes.forEachField { name, value in
            writer.string(utf8: name)
            writer.raw(changes.slice(value))
        }
        return Document(trusted: writer.bytes[...])
    }

    /// A copy with one top-level field set.
    public func setting(_ name: String, to value: Scalar) -> Document {
        var change = MessagePackWriter()
        change.mapHead(1)
        change.string(name)
        value.write(to: &change)
        return merging(Document(trusted: change.bytes[...]))
    }

    private func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
    }
}
