import SluiceProtocol

/// Appends names and texts to the JSON of requests.
enum JSONText {
    /// Text in quotes.
    static func string(_ value: String, to text: inout [UInt8]) {
        var value = value
        value.withUTF8 { JSONWriter.string(UnsafeRawBufferPointer($0), to: &text) }
    }

    /// `"name":value`, with a comma before it unless it is the map's first.
    static func member(_ name: StaticString, _ value: [UInt8], to text: inout [UInt8]) {
        if text.last != UInt8(ascii: "{") { text.append(UInt8(ascii: ",")) }
        text.append(UInt8(ascii: "\""))
        JSONWriter.ascii(name, to: &text)
        JSONWriter.ascii("\":", to: &text)
        text += value
    }

    /// `"name":"value"`.
    static func member(_ name: StaticString, text value: String, to text: inout [UInt8]) {
        var quoted: [UInt8] = []
        string(value, to: &quoted)
        member(name, quoted, to: &text)
    }

    /// A whole JSON value that is written as it is: `true`, `5`, `"ALL_NEW"`.
    static func member(_ name: StaticString, literal: String, to text: inout [UInt8]) { member(name, Array(literal.utf8), to: &text) }
}
