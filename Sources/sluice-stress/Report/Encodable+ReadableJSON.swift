import FoundationEssentials

extension Encodable {
    /// As JSON that a person can read and a script can compare: one line for each value, in the order of the keys.
    func readableJSON() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
