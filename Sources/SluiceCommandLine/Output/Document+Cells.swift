import SluiceClient

/// The fields of a record as cells.
extension Document {
    /// The top-level names in their order, `id` first.
    var names: [String] {
        var names: [String] = []
        forEachField { name, _ in names.append(String(decoding: name, as: UTF8.self)) }
        if let index = names.firstIndex(of: "id") { names.insert(names.remove(at: index), at: 0) }
        return names
    }

    /// A top-level field for people.
    func cell(name: String) -> Cell { Cell(self[name: name]) { json(at: [name]) } }

    /// A field at any depth for people.
    func cell(path: FieldPath) -> Cell { Cell(self[path]) { json(at: path.components.map(String.init)) } }

    /// A map or list as compact JSON.
    private func json(at components: [String]) -> String {
        guard let value = value(at: components[...], in: bytes) else { return "" }
        var text: [UInt8] = []
        value.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func value(at components: ArraySlice<String>, in map: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = components.first else { return map }
        var found: ArraySlice<UInt8>?
        Document(trusted: map).forEachField { name, range in
            if name.elementsEqual(first.utf8) { found = map[map.startIndex + range.lowerBound..<map.startIndex + range.upperBound] }
        }
        return found.flatMap { value(at: components.dropFirst(), in: $0) }
    }

    /// The fields at these paths only, as a record whose names are the paths; what is missing is left out.
    func picking(_ paths: [FieldPath]) -> Document {
        let picked = paths.compactMap { path in value(at: path.components.map(String.init)[...], in: bytes).map { (path.text, $0) } }
        var writer = MessagePackWriter()
        writer.mapHead(picked.count)
        for (name, value) in picked {
            writer.string(name)
            writer.raw(value)
        }
        return Document(trusted: writer.bytes[...])
    }
}
