extension RepositoryDefinition {
    /// The map that decodes to this definition; what is at its default is left out.
    public var structured: StructuredValue {
        var entries: [StructuredValue.Entry] = [.init("name", .string(name))]
        if !indexes.isEmpty { entries.append(.init("indexes", .list(indexes.map(\.structured)))) }
        if customId { entries.append(.init("customId", .boolean(true))) }
        entries.append(.init("hashKey", .string(hashKey.name)))
        if hashKey.type != .string { entries.append(.init("hashKeyType", .string(hashKey.type.rawValue))) }
        if let rangeKey {
            entries.append(.init("rangeKey", .string(rangeKey.name)))
            entries.append(.init("rangeKeyType", .string(rangeKey.type.rawValue)))
        }
        if readCapacity > 0 { entries.append(.init("readCapacity", .integer(readCapacity))) }
        if writeCapacity > 0 { entries.append(.init("writeCapacity", .integer(writeCapacity))) }
        if !globalIndexes.isEmpty { entries.append(.init("GSI", .map(globalIndexes.map { .init($0.attribute.name, $0.structured) }))) }
        if let timeToLive {
            entries.append(.init("enableTtl", .boolean(true)))
            entries.append(.init("ttlAttribute", .string(timeToLive.attribute)))
            entries.append(.init("ttl", .integer(timeToLive.seconds)))
        }
        if let backend { entries.append(.init("backend", .string(backend))) }
        return .map(entries)
    }
}

extension RepositoryDefinition.Index {
    fileprivate var structured: StructuredValue {
        if fields.count == 1, !isUnique, name == nil { return .string(fields[0].text) }
        var entries: [StructuredValue.Entry] = [.init("fields", .list(fields.map { .string($0.text) }))]
        if isUnique { entries.append(.init("unique", .boolean(true))) }
        if let name { entries.append(.init("name", .string(name))) }
        return .map(entries)
    }
}

extension RepositoryDefinition.GlobalIndex {
    fileprivate var structured: StructuredValue {
        var entries: [StructuredValue.Entry] = []
        if attribute.type != .string { entries.append(.init("type", .string(attribute.type.rawValue))) }
        if let rangeKey {
            entries.append(.init("rangeKey", .string(rangeKey.name)))
            entries.append(.init("rangeKeyType", .string(rangeKey.type.rawValue)))
        }
        if readCapacity > 0 { entries.append(.init("readCapacity", .integer(readCapacity))) }
        if writeCapacity > 0 { entries.append(.init("writeCapacity", .integer(writeCapacity))) }
        return .map(entries)
    }
}
