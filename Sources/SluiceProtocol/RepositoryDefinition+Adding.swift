extension RepositoryDefinition {
    /// What adding a definition to a stored one comes to.
    public struct Addition: Sendable {
        /// The sum of both.
        public var definition: RepositoryDefinition
        /// Differences that are reported and not applied.
        public var notices: [String]
    }

    /// Definitions only add: new indexes are taken over, fewer change nothing, and what cannot be changed must be the same.
    /// - Throws: `invalidInput` with reason `definitionConflict` that names the difference.
    public func adding(_ asked: RepositoryDefinition) throws(SluiceError) -> Addition {
        try same("name", name, asked.name)
        try same("customId", "\(customId)", "\(asked.customId)")
        try same("hashKey", hashKey.name, asked.hashKey.name)
        try same("hashKeyType", hashKey.type.rawValue, asked.hashKey.type.rawValue)
        try same("rangeKey", rangeKey?.name ?? "none", asked.rangeKey?.name ?? "none")
        try same("rangeKeyType", rangeKey?.type.rawValue ?? "none", asked.rangeKey?.type.rawValue ?? "none")
        try same("ttlAttribute", timeToLive?.attribute ?? "none", asked.timeToLive?.attribute ?? "none")
        try same("ttl", timeToLive.map { "\($0.seconds)" } ?? "none", asked.timeToLive.map { "\($0.seconds)" } ?? "none")
        try same("backend", backend ?? "default", asked.backend ?? "default")
        var sum = Addition(definition: self, notices: [])
        try sum.addIndexes(of: asked)
        try sum.addGlobalIndexes(of: asked)
        sum.note("readCapacity", readCapacity, asked.readCapacity)
        sum.note("writeCapacity", writeCapacity, asked.writeCapacity)
        guard sum.definition.indexes.count + sum.definition.globalIndexes.count <= Limits.maxIndexes else {
            throw .invalidInput("the repository would have more than \(Limits.maxIndexes) indexes")
        }
        return sum
    }

    private func same(_ key: String, _ stored: String, _ asked: String) throws(SluiceError) {
        guard stored != asked else { return }
        throw Self.conflict(key, stored: stored, asked: asked)
    }

    /// The error for a difference that no definition may make.
    public static func conflict(_ key: String, stored: String, asked: String) -> SluiceError {
        SluiceError(
            .invalidInput, "the definition differs from the stored one in '\(key)': stored \(stored), asked \(asked). Nothing was changed",
            details: ["reason": "definitionConflict", "key": .string(key), "stored": .string(stored), "asked": .string(asked)])
    }
}

extension RepositoryDefinition.Addition {
    fileprivate mutating func addIndexes(of asked: RepositoryDefinition) throws(SluiceError) {
        for index in asked.indexes {
            guard let stored = definition.indexes.first(where: { $0.fields == index.fields }) else {
                definition.indexes.append(index)
                continue
            }
            let fields = index.fields.map(\.text).joined(separator: ",")
            func text(_ isUnique: Bool) -> String { isUnique ? "unique" : "plain" }
            guard stored.isUnique == index.isUnique else {
                throw RepositoryDefinition.conflict("indexes.\(fields).unique", stored: text(stored.isUnique), asked: text(index.isUnique))
            }
        }
    }

    fileprivate mutating func addGlobalIndexes(of asked: RepositoryDefinition) throws(SluiceError) {
        for index in asked.globalIndexes {
            let name = index.attribute.name
            guard let stored = definition.globalIndexes.first(where: { $0.attribute.name == name }) else {
                definition.globalIndexes.append(index)
                definition.globalIndexes.sort { $0.attribute.name < $1.attribute.name }
                continue
            }
            func text(_ index: RepositoryDefinition.GlobalIndex) -> String {
                "type \(index.attribute.type.rawValue), rangeKey \(index.rangeKey.map { "\($0.name) \($0.type.rawValue)" } ?? "none")"
            }
            guard stored.attribute == index.attribute, stored.rangeKey == index.rangeKey else {
                throw RepositoryDefinition.conflict("GSI.\(name)", stored: text(stored), asked: text(index))
            }
            note("GSI.\(name).readCapacity", stored.readCapacity, index.readCapacity)
            note("GSI.\(name).writeCapacity", stored.writeCapacity, index.writeCapacity)
        }
    }

    fileprivate mutating func note(_ key: String, _ stored: Int64, _ asked: Int64) {
        if stored != asked { notices.append("\(key) is \(stored), not \(asked) as asked: capacity is reported, not changed") }
    }
}
