extension RepositoryDefinition {
    /// From the caller's map.
    /// - Throws: `invalidInput` naming the key and what was expected.
    public init(_ value: StructuredValue) throws(SluiceError) {
        guard case .map(let entries) = value else { throw .invalidInput("a definition must be a map, not \(value.kind)") }
        self.init(name: "")
        var keyTypes: (hash: KeyType, range: KeyType?) = (.string, nil)
        var rangeName: String?
        var ttl = (isEnabled: false, attribute: String?.none, seconds: Int64?.none)
        for entry in entries {
            let field = DefinitionField(entry)
            switch entry.key {
            case "name": name = try field.name()
            case "indexes": indexes = try field.list().mapTyped { element throws(SluiceError) in try Index(element) }
            case "customId": customId = try field.boolean()
            case "hashKey": hashKey.name = try field.topLevelName()
            case "hashKeyType": keyTypes.hash = try field.keyType()
            case "rangeKey": rangeName = try field.topLevelName()
            case "rangeKeyType": keyTypes.range = try field.keyType()
            case "readCapacity": readCapacity = try field.natural()
            case "writeCapacity": writeCapacity = try field.natural()
            case "GSI": globalIndexes = try Self.globalIndexes(field)
            case "enableTtl": ttl.isEnabled = try field.boolean()
            case "ttlAttribute": ttl.attribute = try field.topLevelName()
            case "ttl": ttl.seconds = try field.natural()
            case "backend": backend = try field.name()
            default: throw .invalidInput("the definition has an unknown key '\(entry.key)'", reason: "unknownKey")
            }
        }
        hashKey.type = keyTypes.hash
        rangeKey = rangeName.map { KeyField(name: $0, type: keyTypes.range ?? .string) }
        if keyTypes.range != nil, rangeName == nil { throw .invalidInput("the definition has 'rangeKeyType' without 'rangeKey'") }
        try setTimeToLive(ttl.isEnabled, ttl.attribute, ttl.seconds)
        try checkWhole()
    }

    private mutating func setTimeToLive(_ isEnabled: Bool, _ attribute: String?, _ seconds: Int64?) throws(SluiceError) {
        guard isEnabled else { return }
        guard let attribute, let seconds, seconds >= 1 else {
            throw .invalidInput("the definition's 'enableTtl' needs 'ttlAttribute' and 'ttl', at least 1 second")
        }
        guard attribute != "id", !keyFields.contains(where: { $0.name == attribute }) else {
            throw .invalidInput("the definition's 'ttlAttribute' is '\(attribute)', which is the id or a key")
        }
        timeToLive = TimeToLive(attribute: attribute, seconds: seconds)
    }

    private func checkWhole() throws(SluiceError) {
        guard !name.isEmpty else { throw .invalidInput("the definition lacks 'name', the collection's or table's name") }
        if hashKey.name == "id", hashKey.type != .string {
            throw .invalidInput("the definition's 'hashKey' is 'id', which is a string: 'hashKeyType' must be S")
        }
        if rangeKey?.name == hashKey.name { throw .invalidInput("the definition's 'rangeKey' is its 'hashKey'") }
        if rangeKey?.name == "id", rangeKey?.type != .string {
            throw .invalidInput("the definition's 'rangeKey' is 'id', which is a string")
        }
        guard indexes.count + globalIndexes.count <= Limits.maxIndexes else {
            throw .invalidInput("the definition has \(indexes.count + globalIndexes.count) indexes; at most \(Limits.maxIndexes)")
        }
        for (position, index) in indexes.enumerated()
        where indexes[..<position].contains(where: { $0.fields == index.fields && $0.isUnique != index.isUnique }) {
            throw .invalidInput(
                "the definition has a plain and a unique index on the same fields: \(index.fields.map(\.text).joined(separator: ", "))")
        }
    }

    private static func globalIndexes(_ field: DefinitionField) throws(SluiceError) -> [GlobalIndex] {
        guard case .map(let entries) = field.value else { throw field.expected("a map of attribute to options") }
        var result: [GlobalIndex] = []
        for entry in entries {
            let attribute = try DefinitionField(.init("GSI", .string(entry.key))).topLevelName()
            result.append(try GlobalIndex(attribute: attribute, options: DefinitionField(entry)))
        }
        return result.sorted { $0.attribute.name < $1.attribute.name }
    }
}

extension RepositoryDefinition.GlobalIndex {
    fileprivate init(attribute name: String, options: DefinitionField) throws(SluiceError) {
        self.init(attribute: .init(name: name, type: .string))
        guard case .map(let entries) = options.value else { throw options.expected("a map of options") }
        var rangeType: RepositoryDefinition.KeyType?
        for entry in entries {
            let field = DefinitionField(entry)
            switch entry.key {
            case "readCapacity": readCapacity = try field.natural()
            case "writeCapacity": writeCapacity = try field.natural()
            case "type": attribute.type = try field.keyType()
            case "rangeKey": rangeKey = .init(name: try field.topLevelName(), type: .string)
            case "rangeKeyType": rangeType = try field.keyType()
            default: throw .invalidInput("the definition's GSI '\(name)' has an unknown key '\(entry.key)'", reason: "unknownKey")
            }
        }
        guard let rangeType else { return }
        guard rangeKey != nil else { throw .invalidInput("the definition's GSI '\(name)' has 'rangeKeyType' without 'rangeKey'") }
        rangeKey?.type = rangeType
    }
}

extension RepositoryDefinition.Index {
    /// From a bare path or a map of `fields`, `unique`, `name`.
    fileprivate init(_ value: StructuredValue) throws(SluiceError) {
        if case .string(let path) = value {
            self.init(fields: [try FieldPath(path)])
            return
        }
        guard case .map(let entries) = value else { throw .invalidInput("an index is a field path or a map, not \(value.kind)") }
        self.init(fields: [])
        for entry in entries {
            let field = DefinitionField(entry)
            switch entry.key {
            case "fields":
                fields = try field.list().mapTyped { element throws(SluiceError) in
                    guard let path = element.string else { throw field.expected("a list of field paths") }
                    return try FieldPath(path)
                }
            case "unique": isUnique = try field.boolean()
            case "name": name = try field.name()
            default: throw .invalidInput("an index has an unknown key '\(entry.key)'", reason: "unknownKey")
            }
        }
        guard (1...Limits.maxIndexFields).contains(fields.count), Set(fields).count == fields.count else {
            throw .invalidInput("an index has 1 to \(Limits.maxIndexFields) different fields")
        }
    }
}

/// One key of a definition with its value: reads it as the type it must have.
private struct DefinitionField {
    let key: String
    let value: StructuredValue

    init(_ entry: StructuredValue.Entry) {
        key = entry.key
        value = entry.value
    }

    func expected(_ what: String) -> SluiceError { .invalidInput("the definition's '\(key)' must be \(what), not \(value.kind)") }

    func boolean() throws(SluiceError) -> Bool {
        guard let boolean = value.boolean else { throw expected("a boolean") }
        return boolean
    }

    func natural() throws(SluiceError) -> Int64 {
        guard let integer = value.integer, integer >= 0 else { throw expected("an integer of at least 0") }
        return integer
    }

    func list() throws(SluiceError) -> [StructuredValue] {
        guard case .list(let elements) = value else { throw expected("a list") }
        return elements
    }

    func name() throws(SluiceError) -> String {
        guard let text = value.string else { throw expected("a string") }
        try RepositoryDefinition.check(name: text, as: "the definition's '\(key)'")
        return text
    }

    func topLevelName() throws(SluiceError) -> String {
        guard let text = value.string else { throw expected("a field name") }
        let path = try FieldPath(text)
        guard path.isTopLevel, !text.hasPrefix("$") else {
            throw .invalidInput("the definition's '\(key)' must be a top-level field name, not '\(text)'")
        }
        return text
    }

    func keyType() throws(SluiceError) -> RepositoryDefinition.KeyType {
        guard let type = value.string.flatMap(RepositoryDefinition.KeyType.init(rawValue:)) else { throw expected("S, N or B") }
        return type
    }
}

extension RepositoryDefinition {
    /// The rule for names of repositories, collections and indexes.
    /// - Throws: `invalidInput`.
    public static func check(name: String, as what: String) throws(SluiceError) {
        guard (1...Limits.maxNameBytes).contains(name.utf8.count), !name.utf8.contains(0), !name.hasPrefix("system.") else {
            throw .invalidInput("\(what) must have 1 to \(Limits.maxNameBytes) bytes, no U+0000 and not start with 'system.'")
        }
    }
}

extension Array {
    /// `map` with a typed error.
    func mapTyped<Result>(_ transform: (Element) throws(SluiceError) -> Result) throws(SluiceError) -> [Result] {
        var result: [Result] = []
        result.reserveCapacity(count)
        for element in self { result.append(try transform(element)) }
        return result
    }
}
