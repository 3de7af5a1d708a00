import SluiceProtocol

/// What a backend or a repository on it can do (PROTOCOL.md section 9). Stated by the engine, shown to callers.
public struct Capabilities: Sendable, Equatable {
    /// The engine enforces the key unique.
    public var uniqueKey = true
    /// The engine enforces `id` unique.
    public var uniqueId = true
    /// Unique indexes other than the key can be defined.
    public var uniqueIndexes = true
    /// Reads through an index or GSI are consistent.
    public var consistentIndexReads = true
    /// `6.0` comes back as a float.
    public var integralFloatsKept = true
    /// Order, offset and every operator are done by the engine.
    public var nativeOrder = true

    /// Everything, from which an engine takes away.
    public init() {}

    /// The map that callers see.
    public var structured: StructuredValue {
        .map([
            "uniqueKey": .boolean(uniqueKey), "uniqueId": .boolean(uniqueId), "uniqueIndexes": .boolean(uniqueIndexes),
            "consistentIndexReads": .boolean(consistentIndexReads), "integralFloatsKept": .boolean(integralFloatsKept),
            "nativeOrder": .boolean(nativeOrder),
        ])
    }
}
