import SluiceProtocol

/// The names and values that a request's expressions mention by aliases, so that no caller's text ever stands in an expression: a reserved
/// word or an operator is a name like any other
/// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html). A value; one for each
/// request.
struct ExpressionValues {
    private var names: [[UInt8]: String] = [:]
    private var nameText: [UInt8] = []
    private var values: [[UInt8]: String] = [:]
    private var valueText: [UInt8] = []

    /// The alias of a name as it is stored.
    mutating func alias(storedName name: some Collection<UInt8>) -> String {
        let name = Array(name)
        if let alias = names[name] { return alias }
        let alias = "#\(String(names.count, radix: 36))"
        names[name] = alias
        if !nameText.isEmpty { nameText.append(UInt8(ascii: ",")) }
        nameText += Array("\"\(alias)\":".utf8)
        name.withUnsafeBytes { JSONWriter.string($0, to: &nameText) }
        return alias
    }

    /// The alias of a top-level name.
    mutating func alias(_ name: String) -> String { alias(storedName: name.utf8) }

    /// A path through maps in aliases.
    mutating func path(_ path: FieldPath) -> String {
        if path.isTopLevel { return alias(path.text) }
        var text = ""
        for (depth, component) in path.components.enumerated() {
            if depth > 0 { text += "." }
            // A top-level name never begins with `$`, so only those within maps have a form of their own.
            text += alias(storedName: depth == 0 ? Array(component.utf8) : StoredName.escaped(component.utf8) ?? Array(component.utf8))
        }
        return text
    }

    /// The alias of an attribute's value, the same for the same value.
    mutating func alias(attribute: [UInt8]) -> String {
        if let alias = values[attribute] { return alias }
        let alias = ":\(String(values.count, radix: 36))"
        values[attribute] = alias
        if !valueText.isEmpty { valueText.append(UInt8(ascii: ",")) }
        valueText += Array("\"\(alias)\":".utf8)
        valueText += attribute
        return alias
    }

    /// The alias of a scalar.
    /// - Throws: `invalidInput` for a float that DynamoDB does not keep.
    mutating func alias(_ scalar: Scalar) throws(SluiceError) -> String {
        var writer = AttributeWriter()
        try writer.scalar(scalar)
        return alias(attribute: writer.text)
    }

    /// The alias of a text.
    mutating func alias(text: String) -> String {
        var attribute = Array("{\"S\":".utf8)
        JSONText.string(text, to: &attribute)
        attribute.append(UInt8(ascii: "}"))
        return alias(attribute: attribute)
    }

    /// The alias of a whole number.
    mutating func alias(number: Int64) -> String { alias(attribute: Array("{\"N\":\"\(number)\"}".utf8)) }

    /// Appends both maps to a request, as far as there is anything in them: DynamoDB refuses empty ones.
    func append(to text: inout [UInt8]) {
        let braces = (UInt8(ascii: "{"), UInt8(ascii: "}"))
        if !nameText.isEmpty { JSONText.member("ExpressionAttributeNames", [braces.0] + nameText + [braces.1], to: &text) }
        if !valueText.isEmpty { JSONText.member("ExpressionAttributeValues", [braces.0] + valueText + [braces.1], to: &text) }
    }
}
