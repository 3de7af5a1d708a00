import SluiceClient

/// A field's name at the start of a condition or an assignment: bare up to the operator, or in double quotes
/// when it holds operator characters.
enum TypedName {
    /// Takes the name off the text's front.
    /// - Parameter stops: what a bare name ends at.
    /// - Throws: when quotes do not close or there is no name.
    static func take(from text: inout Substring, until stops: String) throws(TypingFault) -> String {
        let name: String
        if text.first == "\"" {
            name = try takeQuoted(from: &text)
        } else {
            let end = text.firstIndex { stops.contains($0) } ?? text.endIndex
            name = String(text[..<end])
            text = text[end...]
        }
        guard !name.isEmpty else { throw TypingFault("there is no field before '\(text)'") }
        return name
    }

    private static func takeQuoted(from text: inout Substring) throws(TypingFault) -> String {
        var isEscaped = false
        var end = text.index(after: text.startIndex)
        while end < text.endIndex, isEscaped || text[end] != "\"" {
            isEscaped = !isEscaped && text[end] == "\\"
            end = text.index(after: end)
        }
        guard end < text.endIndex else { throw TypingFault("the quotes around the field's name do not close") }
        guard case .string(let name)? = try TypedValue(text[...end]).scalar else { throw TypingFault("the field's name is no text") }
        text = text[text.index(after: end)...]
        return String(decoding: name, as: UTF8.self)
    }
}
