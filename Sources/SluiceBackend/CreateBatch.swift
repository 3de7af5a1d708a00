import SluiceProtocol

/// The objects that the creates of one batch ask for, laid out one by one, and their outcomes put together again as each operation's
/// result. A value; an engine makes one for each batch.
public struct CreateBatch {
    /// An object on its way in.
    public struct Entry {
        /// What is to be created.
        public let object: Document
        /// Whether the stub chose its id.
        public let isGenerated: Bool
        /// When its caller stops waiting.
        public let deadline: MonotonicTime
    }

    /// All objects, in the operations' order.
    public private(set) var entries: [Entry] = []
    private let operations: ArraySlice<PendingOperation>
    /// Which of the entries are whose.
    private var shares: [Range<Int>] = []

    /// Of operations that all create.
    public init(_ operations: ArraySlice<PendingOperation>) {
        self.operations = operations
        for pending in operations {
            let start = entries.count
            switch pending.operation {
            case .create(let object, let isGenerated):
                entries.append(Entry(object: object, isGenerated: isGenerated, deadline: pending.deadline))
            case .saveMany(let objects, let isGenerated):
                for (object, isGenerated) in zip(objects, isGenerated) {
                    entries.append(Entry(object: object, isGenerated: isGenerated, deadline: pending.deadline))
                }
            default: preconditionFailure("creates only")
            }
            shares.append(start..<entries.count)
        }
    }

    /// The operations' results.
    /// - Parameter outcomes: one for each entry, in order.
    public func results(_ outcomes: [Result<Document, SluiceError>]) -> [Result<OperationResult, SluiceError>] {
        zip(operations, shares).map { pending, share in
            guard case .create = pending.operation else { return .success(.outcomes(Array(outcomes[share]))) }
            return outcomes[share.lowerBound].map { .record($0) }
        }
    }
}

extension RepositoryOperation {
    /// Whether it makes new records and nothing else.
    public var isCreate: Bool {
        switch self {
        case .create, .saveMany: true
        default: false
        }
    }
}
