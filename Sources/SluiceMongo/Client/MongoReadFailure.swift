import SluiceProtocol

/// Why documents were not read: the server, or whoever read them.
enum MongoReadFailure: Error {
    case mongo(MongoFailure)
    case reader(SluiceError)

    func error(isWrite: Bool) -> SluiceError {
        switch self {
        case .mongo(let failure): failure.error(isWrite: isWrite)
        case .reader(let error): error
        }
    }
}
