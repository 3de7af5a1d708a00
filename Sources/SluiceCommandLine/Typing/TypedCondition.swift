import SluiceClient

/// A condition as a person types it: `role=user`, `'age>30'`, `'name~An%'`, `'email?'`.
enum TypedCondition {
    /// How conditions are typed, for the help of every command that takes them.
    static let help = """
        Conditions, all of which must hold (quote them: shells read < > ? ! themselves):

          role=user        is; null means missing, too
          'age!=30'        is not
          'age>30'         also < >= <=
          'role=[a,b]'     is one of
          'name~An%'       matches; % is any text, %% a percent sign
          'email?'         is there; 'email!?' is missing
          address.city=X   a field of a map

        Values: 30 and -1.5 are numbers, true, false and null themselves, @2026-01-02 and @2026-01-02T03:04:05Z timestamps (UTC), \
        {"$numberDecimal":"1.50"} any Extended JSON; "30" in double quotes is text, and so is everything else. An id is always text.
        """

    /// - Throws: when it is no condition, with what to type instead.
    static func parse(_ text: String) throws(TypingFault) -> Condition {
        var rest = text[...]
        let name = try TypedName.take(from: &rest, until: "=!<>~?")
        let field: FieldPath
        do { field = try FieldPath(name) } catch { throw TypingFault(error.message) }
        let reading: TypedValue.Reading = field == .id ? .asText : .byLook
        switch try operation(from: &rest, of: name) {
        case .equal: return Condition(field, try equality(try TypedValue(rest, reading)))
        case .notEqual:
            let value = try TypedValue(rest, reading)
            guard let scalar = value.scalar else { throw TypingFault("'!=' takes one value: write a condition for each") }
            return Condition(field, .notEqual(scalar))
        case .ordered(let relation):
            guard let scalar = try TypedValue(rest, reading).scalar, scalar.isOrdered else {
                throw TypingFault("only numbers, text and timestamps are less or greater than another")
            }
            return Condition(field, .ordered(relation, scalar))
        case .like:
            // A pattern is text whatever it looks like; quotes are for patterns that start with one.
            let pattern = rest.first == "\"" ? try TypedValue(rest, .asText) : nil
            if case .string(let utf8)? = pattern?.scalar { return Condition(field, .like(LikePattern(utf8))) }
            return Condition(field, .like(LikePattern(rest.utf8)))
        case .exists(let isThere):
            guard rest.isEmpty else { throw TypingFault("nothing may follow '?'; what is there is '\(rest)'") }
            return Condition(field, .exists(isThere))
        }
    }

    /// Conditions, or the one id that stands for `id=…`.
    /// - Throws: as `parse` does.
    static func selection(_ texts: [String]) throws(TypingFault) -> Filter {
        if texts.count == 1, isBareID(texts[0]) {
            return Filter([Condition(.id, .equal(.string(Array(texts[0].utf8)[...])))])
        }
        var conditions: [Condition] = []
        for text in texts { conditions.append(try parse(text)) }
        return Filter(conditions)
    }

    /// Whether a single argument is an id: it has no operator.
    static func isBareID(_ text: String) -> Bool { !text.isEmpty && !text.contains { "=!<>~?\"\0".contains($0) } }

    private enum Operation {
        case equal, notEqual, like
        case ordered(Condition.Relation)
        case exists(Bool)
    }

    private static let operations: [(text: String, operation: Operation)] = [
        ("!=", .notEqual), ("!?", .exists(false)), (">=", .ordered(.gte)), ("<=", .ordered(.lte)), ("=", .equal), (">", .ordered(.gt)),
        ("<", .ordered(.lt)), ("~", .like), ("?", .exists(true)),
    ]

    private static func operation(from rest: inout Substring, of name: String) throws(TypingFault) -> Operation {
        guard !rest.hasPrefix("==") else { throw TypingFault("one '=' is enough; text that starts with '=' stands in double quotes") }
        guard let found = operations.first(where: { rest.hasPrefix($0.text) }) else {
            throw TypingFault("a condition has an operator: \(name)=VALUE, '\(name)>VALUE', '\(name)~PATTERN', '\(name)?'")
        }
        rest = rest.dropFirst(found.text.count)
        return found.operation
    }

    private static func equality(_ value: TypedValue) throws(TypingFault) -> Condition.Test {
        if let scalar = value.scalar { return .equal(scalar) }
        guard let elements = value.elements else { throw TypingFault("a map cannot be compared; name its fields: address.city=Paris") }
        var scalars: [Scalar] = []
        for element in elements {
            guard let scalar = element.scalar else { throw TypingFault("a list or map within a list cannot be compared") }
            scalars.append(scalar)
        }
        return .isIn(scalars)
    }
}
