/// What an engine did wrong.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What was expected, what came, and where the case asked for it.
    public let description: String

    init(_ description: String, _ line: UInt, _ file: StaticString) { self.description = "\(file):\(line): \(description)" }

    /// Of a case that stands as data.
    init(_ description: String) { self.description = description }
}
