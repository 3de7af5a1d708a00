/// Every bound of Sluice, by name. The owner of the configuration makes one value and hands it down;
/// the names are the configuration's keys.
public struct Limits: Sendable, Equatable {
    /// The longest frame either side sends or takes, bytes (PROTOCOL.md section 2).
    public var maxFrameBytes = 16 << 20
    /// MessagePack values in one frame, map keys counted.
    public var maxFrameValues = 1 << 20
    /// Requests without a final reply, for each connection.
    public var maxInFlight = 128
    /// A stored record as MessagePack, bytes: a frame less room for the envelope and what Sluice adds.
    public var maxRecordBytes = 15 << 20
    /// Records in one page.
    public var maxPageSize = 10_000
    /// Bytes of records after which a part of a large result is full.
    public var resultPartBytes = 1 << 20
    /// The same where an engine sorts anew for each part: larger, since every part costs a pass over all records that match.
    public var sortedPartBytes = 8 << 20
    /// An opaque page token, bytes of text.
    public var maxTokenBytes = 4 << 20
    /// Client connections at once.
    public var maxConnections = 16_384
    /// Output waiting for one client, bytes, beyond which it is no longer read from and nothing more is started for it.
    public var maxSessionOutputBytes = 4 << 20
    /// Incomplete input of all clients together, bytes.
    public var maxBufferedInputBytes = 256 << 20
    /// Requests waiting in one repository's queue.
    public var maxQueuedRequests = 10_000
    /// Bytes of the requests waiting in one repository's queue.
    public var maxQueuedBytes = 256 << 20
    /// Requests that one round trip to an engine may carry; a `saveMany` counts as its records, and goes alone when they are more.
    public var maxBatchRequests = 256
    /// Bytes of requests or of results that one round trip may carry before the rest waits for the next.
    public var maxBatchBytes = 16 << 20
    /// Records that Sluice takes in to finish a question its engine cannot: to order, pass over or match them itself.
    public var maxFinishedRecords = 100_000
    /// The same in bytes of records.
    public var maxFinishedBytes = 64 << 20
    /// Repositories that may be defined.
    public var maxRepositories = 1_000
    /// A request's time without one of its own, milliseconds.
    public var defaultDeadlineMilliseconds = 30_000
    /// A definition's time without one of its own, milliseconds.
    public var defineDeadlineMilliseconds = 120_000
    /// The longest deadline a client gets, milliseconds.
    public var maxDeadlineMilliseconds = 3_600_000
    /// How long a new connection may take for its hello, milliseconds.
    public var handshakeMilliseconds = 10_000
    /// How long a frame may stay incomplete, milliseconds.
    public var frameMilliseconds = 30_000
    /// How long SIGTERM waits for what is in flight, milliseconds.
    public var drainMilliseconds = 10_000

    /// The default bounds.
    public init() {}

    // What follows is fixed by PROTOCOL.md: another value would make another protocol.

    /// Nesting of maps and lists in a document, the document itself being 1.
    public static let maxDepth = 28
    /// Conditions in one filter.
    public static let maxConditions = 64
    /// Operands of one `in`.
    public static let maxInOperands = 1_000
    /// Fields in one order.
    public static let maxOrderFields = 8
    /// Objects in one `saveMany`.
    public static let maxObjects = 10_000
    /// A repository's, collection's or index's name, bytes.
    public static let maxNameBytes = 255
    /// A field path, bytes.
    public static let maxPathBytes = 1_024
    /// Indexes and GSIs of one repository together.
    public static let maxIndexes = 64
    /// Fields of one index.
    public static let maxIndexFields = 8
    /// A decimal's text, bytes.
    public static let maxDecimalBytes = 64
    /// A client's name: what is kept of it, bytes.
    public static let maxClientNameBytes = 128
    /// Feature names that are kept of a hello.
    public static let maxFeatures = 64
}
