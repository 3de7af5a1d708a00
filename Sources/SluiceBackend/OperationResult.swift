import SluiceProtocol

/// What an operation came to.
public enum OperationResult: Sendable {
    /// A record, for getOne, save, upsert, replace.
    case record(Document)
    /// Nothing more to say, for deleteOne.
    case done
    /// How many, for count and deleteAll.
    case count(Int)
    /// Records, for getAll.
    case page(RecordPage)
    /// How a question is answered, for explain.
    case explanation(Explanation)
    /// One for each object of saveMany.
    case outcomes([Result<Document, SluiceError>])
}
