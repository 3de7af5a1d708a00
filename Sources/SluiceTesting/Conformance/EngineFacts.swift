import SluiceBackend
import SluiceProtocol

/// What is known of an engine's capabilities and bounds, for cases to hold it to: neither more nor less.
struct EngineFacts: Sendable {
    /// Without any definition.
    var capabilities = Capabilities()
    /// Whether a GSI is read later than it is written.
    var hasLateIndexes = false
    /// Whether `id` stays unique where the key is another.
    var keepsIdUnique = true
    /// The largest record, bytes, and the limit that names it.
    var maxRecordBytes = Limits().maxRecordBytes
    /// The name of the limit.
    var recordLimit = "maxRecordBytes"
    /// Whether an attribute of a GSI must be of its type where it is there (DynamoDB's documentation, "Using Global Secondary Indexes").
    var hasTypedIndexes = false

    /// The facts of an engine.
    init(_ engine: String) {
        guard engine == "dynamodb" else { return }
        capabilities.uniqueIndexes = false
        capabilities.integralFloatsKept = false
        capabilities.nativeOrder = false
        hasLateIndexes = true
        keepsIdUnique = false
        hasTypedIndexes = true
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html: an item has at most 400 KB, names included.
        maxRecordBytes = 400 << 10
        recordLimit = "maxItemBytes"
    }
}
