/// A configuration that cannot be used: which key, what was expected, and in which file.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// The key's path, such as `database.dbInfo.host`.
    public let key: String
    /// What is wrong and what was expected.
    public let message: String
    /// The file or variable it stands in.
    public var source: String?

    init(_ key: String, _ message: String, source: String? = nil) {
        self.key = key
        self.message = message
        self.source = source
    }

    /// `file: key: message`.
    public var description: String { [source, key, message].compactMap { $0 }.joined(separator: ": ") }
}
