import SluiceClient

/// One value for people, on one line: as it would be typed in a condition, but for decimals, ObjectIds and bytes, which are shown plainly.
struct Cell: Equatable {
    /// What to show, with nothing in it that a terminal would obey.
    let text: String
    /// Numbers stand on the right.
    let isNumber: Bool
    /// Null and bytes, which step back.
    let isFaint: Bool

    /// For a field that is not there.
    static let missing = Cell("", isFaint: true)

    /// A cell as told.
    init(_ text: String, isNumber: Bool = false, isFaint: Bool = false) {
        self.text = text
        self.isNumber = isNumber
        self.isFaint = isFaint
    }

    /// The field of a record.
    /// - Parameter json: the field's bytes, for maps and lists.
    init(_ field: Document.Field, json: () -> String) {
        switch field {
        case .missing: self = .missing
        case .container: self.init(DisplayText.safe(json()))
        case .scalar(let scalar): self.init(scalar)
        }
    }

    /// A scalar.
    init(_ scalar: Scalar) {
        switch scalar {
        case .null: self.init("null", isFaint: true)
        case .boolean(let value): self.init(value ? "true" : "false")
        case .integer(let value): self.init(String(value), isNumber: true)
        case .float(let value): self.init(value.description, isNumber: true)
        case .string(let utf8): self.init(Self.typed(String(decoding: utf8, as: UTF8.self)))
        case .binary(let bytes): self.init(bytes.count == 1 ? "<1 byte>" : "<\(bytes.count) bytes>", isFaint: true)
        case .timestamp(let value): self.init("@\(value)")
        case .decimal(let value): self.init(value.text, isNumber: true)
        case .objectID(let value): self.init(value.hex)
        }
    }

    /// Text, in quotes where it would otherwise be read as something else.
    private static func typed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let safe = DisplayText.safe(text)
        let isPlain = safe == text && !bytes.isEmpty && bytes.first != 0x20 && bytes.last != 0x20
        if isPlain, (try? TypedValue(text))?.scalar == .string(bytes[...]) { return text }
        let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(DisplayText.safe(escaped))\""
    }
}
