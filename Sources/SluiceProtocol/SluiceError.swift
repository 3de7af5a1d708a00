/// What went wrong with one request: the only error type that reaches a caller. Created wherever a rule is broken.
public struct SluiceError: Error, Sendable, Equatable {
    /// A detail's value on the wire.
    public enum Detail: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        /// Text.
        case string(String)
        /// A count or a bound.
        case integer(Int64)

        /// A detail from a literal text.
        public init(stringLiteral value: String) { self = .string(value) }
        /// A detail from a literal number.
        public init(integerLiteral value: Int64) { self = .integer(value) }
    }

    /// The stable code that callers match.
    public var code: ErrorCode
    /// For people: what happened, to which repository and operation, what to do. Never holds a credential.
    public var message: String
    /// Whether the same request may succeed later.
    public var isRetryable: Bool
    /// Whether it is known that nothing was changed; false means that the write may have happened.
    public var isOutcomeKnown: Bool
    /// What tells cases of one code apart; `reason` first of all.
    public var details: [String: Detail]

    /// An error whose `retryable` follows from its code unless given.
    public init(
        _ code: ErrorCode, _ message: String, isRetryable: Bool? = nil, isOutcomeKnown: Bool = true, details: [String: Detail] = [:]
    ) {
        self.code = code
        self.message = message
        self.isRetryable = isRetryable ?? code.isRetryable
        self.isOutcomeKnown = isOutcomeKnown
        self.details = details
    }

    /// `invalidInput` with a machine-readable reason where one helps.
    public static func invalidInput(_ message: String, reason: String? = nil) -> SluiceError {
        SluiceError(.invalidInput, message, details: reason.map { ["reason": .string($0)] } ?? [:])
    }

    /// The bound of `Limits` that was met, if that is what happened: the detail `limit`.
    public var limit: String? { if case .string(let name)? = details["limit"] { name } else { nil } }

    /// Bytes that are not well-formed MessagePack.
    public static func malformed(_ message: String) -> SluiceError {
        .invalidInput("malformed MessagePack: " + message, reason: "malformed")
    }

    /// `tooLarge`, naming the bound as `Limits` does and its value.
    public static func tooLarge(_ message: String, limit: String, value: Int) -> SluiceError {
        SluiceError(.tooLarge, message, details: ["limit": .string(limit), "value": .integer(Int64(value))])
    }

    /// The same error with where it happened put before the message, so that a log line alone is enough.
    public func located(repository: String?, operation: String) -> SluiceError {
        var error = self
        error.message = repository.map { "\(operation) on repository '\($0)': \(message)" } ?? "\(operation): \(message)"
        return error
    }
}

extension SluiceError: CustomStringConvertible {
    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }
}
