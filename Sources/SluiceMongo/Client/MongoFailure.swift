import CMongoC
import SluiceProtocol

/// What went wrong in libmongoc or on the server, with its native numbers.
///
/// Error API version 2 keeps apart the driver's codes and the server's (mongoc_client_pool_set_error_api). Numbers of the server:
/// https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
struct MongoFailure: Error {
    /// Who says so: a `mongoc_error_domain_t`.
    let domain: UInt32
    let code: UInt32
    let message: String
    /// The fields of the unique index that refuses a document, where the server names them.
    var fields: [String] = []
    /// Whether the driver has sent a write twice, so that what the second attempt met with says nothing of the first.
    private let isOfSecondAttempt: Bool

    /// From what a call has left behind.
    /// - Parameter reply: with the error's labels. "RetryableWriteError" is on each error for which the driver tries again
    ///   (https://github.com/mongodb/specifications/blob/master/source/retryable-writes/retryable-writes.md).
    init(_ error: bson_error_t, _ reply: UnsafeRawBufferPointer? = nil) {
        domain = error.domain
        code = error.code
        message = withUnsafeBytes(of: error.message) { text in
            String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
        fields = reply?.keyPattern ?? []
        isOfSecondAttempt = reply?.errorLabels.contains("RetryableWriteError") ?? false
    }

    /// A server's error within a reply.
    init(serverCode: UInt32, _ message: String) {
        domain = MONGOC_ERROR_SERVER.rawValue
        code = serverCode
        self.message = message
        isOfSecondAttempt = false
    }

    /// The servers have not confirmed a write that one of them has done, as a reply says beside other errors.
    static let unconfirmed = MongoFailure(writeConcernCode: 64)

    private init(writeConcernCode: UInt32) {
        domain = MONGOC_ERROR_WRITE_CONCERN.rawValue
        code = writeConcernCode
        message = ""
        isOfSecondAttempt = false
    }

    /// The user may not do it, so nothing was done.
    private static let unauthorized: UInt32 = 13

    private var isServers: Bool { domain == MONGOC_ERROR_SERVER.rawValue }

    /// A unique index refuses the document.
    var isDuplicateKey: Bool { (isServers || domain == MONGOC_ERROR_COMMAND.rawValue) && [11000, 11001, 12582].contains(code) }
    /// Another index has the same name or the same fields.
    var isIndexConflict: Bool { isServers && [67, 68, 85, 86].contains(code) }
    /// There is no such collection.
    var isNamespaceNotFound: Bool { isServers && code == 26 }
    /// The connection ended, or no answer came within the socket's time.
    var isLostConnection: Bool { domain == MONGOC_ERROR_STREAM.rawValue && code == MONGOC_ERROR_STREAM_SOCKET.rawValue }
    /// Another has made it already.
    var isNamespaceExists: Bool { isServers && code == 48 }

    /// The error that callers get.
    /// - Parameter isWrite: whether something may have been changed.
    func error(isWrite: Bool) -> SluiceError {
        switch domain {
        case MONGOC_ERROR_SERVER_SELECTION.rawValue: return Self.unavailable("no MongoDB server can be reached", isWrite: false)
        case MONGOC_ERROR_STREAM.rawValue where code == MONGOC_ERROR_STREAM_NAME_RESOLUTION.rawValue:
            return Self.unavailable("the MongoDB server's name cannot be resolved", isWrite: false)
        case MONGOC_ERROR_STREAM.rawValue where code == MONGOC_ERROR_STREAM_CONNECT.rawValue:
            return Self.unavailable("the MongoDB server cannot be connected to", isWrite: false)
        case MONGOC_ERROR_STREAM.rawValue: return Self.unavailable("the connection to MongoDB was lost", isWrite: isWrite)
        case MONGOC_ERROR_CLIENT.rawValue where code == MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue, MONGOC_ERROR_SASL.rawValue,
            MONGOC_ERROR_SCRAM.rawValue:
            return Self.refusedCredentials
        case MONGOC_ERROR_WRITE_CONCERN.rawValue:
            return SluiceError(
                .unavailable, "MongoDB has not confirmed the write on enough servers", isOutcomeKnown: false, details: details)
        case MONGOC_ERROR_BSON.rawValue: return Self.tooLarge(details)
        default: return isServers ? serverError(isWrite: isWrite) : other(isWrite: isWrite)
        }
    }

    /// The same for a command that changes several records: some may have been changed before it failed.
    func errorAmongSeveral() -> SluiceError {
        var error = error(isWrite: true)
        if isServers, code != Self.unauthorized { error.isOutcomeKnown = false }
        return error
    }

    private func serverError(isWrite: Bool) -> SluiceError {
        switch code {
        case 11000, 11001, 12582:
            guard !fields.isEmpty else {
                return SluiceError(.alreadyExists, "another record has the same unique values", details: ["reason": "collision"])
            }
            let names = fields.map { $0 == "_id" ? "id" : $0 }.joined(separator: ", ")
            return SluiceError(
                .alreadyExists, "another record has the same \(names)", details: ["reason": "collision", "fields": .string(names)])
        case 50:
            return SluiceError(.deadlineExceeded, "the deadline passed while MongoDB was working", isOutcomeKnown: !isWrite)
        case 18: return Self.refusedCredentials
        case Self.unauthorized:
            return SluiceError(.backendError, "MongoDB does not allow this to the daemon's user; grant it readWrite", details: details)
        case 10334, 17419, 17420: return Self.tooLarge(details)
        // These say that a server which is not the primary has done nothing.
        case 10107, 13435, 13436: return Self.unavailable("MongoDB has no primary now", isWrite: isWrite && isOfSecondAttempt)
        // Cursors that a new server does not know among them, and a preference that no server meets now.
        case 6, 7, 43, 89, 91, 133, 189, 237, 262, 9001, 11600, 11601, 11602:
            return Self.unavailable("MongoDB was interrupted", isWrite: isWrite)
        default: return other(isWrite: isWrite)
        }
    }

    private func other(isWrite: Bool) -> SluiceError {
        SluiceError(.backendError, "MongoDB: \(message)", isOutcomeKnown: !isWrite || isServers, details: details)
    }

    /// The longest document that MongoDB stores, bytes (https://www.mongodb.com/docs/manual/reference/limits/#bson-documents).
    static let maxDocumentBytes = 16 << 20

    private var details: [String: SluiceError.Detail] { ["nativeCode": .integer(Int64(code))] }

    private static func unavailable(_ message: String, isWrite: Bool) -> SluiceError {
        SluiceError(.unavailable, message, isOutcomeKnown: !isWrite)
    }

    private static var refusedCredentials: SluiceError {
        SluiceError(.unavailable, "MongoDB refuses the daemon's user or password; correct 'user' and 'pass' in its configuration")
    }

    static func tooLarge(_ details: [String: SluiceError.Detail] = [:]) -> SluiceError {
        var error = SluiceError.tooLarge("a document is over MongoDB's own limit", limit: "maxBsonObjectSize", value: maxDocumentBytes)
        error.details.merge(details) { $1 }
        return error
    }
}
