import SluiceProtocol

/// One value of a record that is being encoded: Codable may fill the parts of a tree in any order, and MessagePack wants counts first.
final class EncodedSlot {
    private enum Content {
        case empty
        case scalar(Scalar)
        case value(Value)
        case list([EncodedSlot])
        case map(names: [String], slots: [String: EncodedSlot])
    }

    private var content = Content.empty

    func set(_ scalar: Scalar) { content = .scalar(scalar) }

    /// Sluice's own kinds go as they are, everything else as it encodes itself.
    func set<T: Encodable>(_ value: T, codingPath: [any CodingKey]) throws {
        switch value {
        case let value as Value: content = .value(value)
        case let value as any ScalarConvertible:
            do { content = .scalar(try value.scalar()) } catch {
                throw EncodingError.invalidValue(value, .init(codingPath: codingPath, debugDescription: error.message))
            }
        default:
            try value.encode(to: RecordEncoder(codingPath: codingPath, slot: self))
            // A type that encodes nothing at all is an empty map, as it is in JSON.
            if case .empty = content { content = .map(names: [], slots: [:]) }
        }
    }

    /// Asked for twice, a container continues.
    func becomingMap() -> EncodedSlot {
        if case .map = content {} else { content = .map(names: [], slots: [:]) }
        return self
    }

    func becomingList() -> EncodedSlot {
        if case .list = content {} else { content = .list([]) }
        return self
    }

    /// The slot under a key; a key that is set again replaces.
    func slot(_ key: any CodingKey) -> EncodedSlot {
        guard case .map(var names, var slots) = content else { return EncodedSlot() }
        content = .empty
        let slot = EncodedSlot()
        if slots.updateValue(slot, forKey: key.stringValue) == nil { names.append(key.stringValue) }
        content = .map(names: names, slots: slots)
        return slot
    }

    /// The slot under a key, continued when it is there: for nested containers.
    func continuedSlot(_ key: any CodingKey) -> EncodedSlot {
        if case .map(_, let slots) = content, let slot = slots[key.stringValue] { return slot }
        return slot(key)
    }

    func appendedSlot() -> EncodedSlot {
        guard case .list(var slots) = content else { return EncodedSlot() }
        content = .empty
        let slot = EncodedSlot()
        slots.append(slot)
        content = .list(slots)
        return slot
    }

    var count: Int { if case .list(let slots) = content { slots.count } else { 0 } }

    func write(to writer: inout MessagePackWriter) {
        switch content {
        case .empty: writer.null()
        case .scalar(let scalar): scalar.write(to: &writer)
        case .value(let value): value.write(to: &writer)
        case .list(let slots):
            writer.listHead(slots.count)
            for slot in slots { slot.write(to: &writer) }
        case .map(let names, let slots):
            writer.mapHead(names.count)
            for name in names {
                writer.string(name)
                slots[name]?.write(to: &writer)
            }
        }
    }
}
