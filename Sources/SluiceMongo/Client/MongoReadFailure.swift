import SluiceProtocol

/// Why documents were not read: the server, or whoever read them.
enum MongoReadFailure: Error {
    case mongo(MongoFailure)
    case reader(SluiceError)

    func error(isWrite: Bool) -> SluiceError {
        switch self {
        case .mongo(let failure): return failure.error(isWrite: isWrite)
        case .reader(var error):
            // What a write answered with could not be read: it was done all the same.
            if isWrite { error.isOutcomeKnown = false }
            return error
        }
    }
}
