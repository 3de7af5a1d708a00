import SluiceProtocol

extension DynamoFailure {
    /// A condition did not hold.
    var isConditionFailed: Bool { kind == .service && name == "ConditionalCheckFailedException" }
    /// There is no such table.
    var isTableMissing: Bool { kind == .service && name == "ResourceNotFoundException" }
    /// The table is there already, or is being changed.
    var isTableInUse: Bool { kind == .service && name == "ResourceInUseException" }

    /// The error that callers get.
    /// - Parameter isWrite: whether something may have been changed.
    func error(isWrite: Bool) -> SluiceError {
        let isKnown = !(isWrite && mayHaveHappened)
        switch kind {
        case .service: return serviceError(isKnown: isKnown)
        case .throttled:
            return SluiceError(
                .overloaded, "DynamoDB throttles requests to this table; try again later, or give it more capacity: \(message)",
                isOutcomeKnown: isKnown, details: details)
        case .transient:
            return SluiceError(.unavailable, "DynamoDB failed in each attempt: \(message)", isOutcomeKnown: isKnown, details: details)
        case .transport: return SluiceError(.unavailable, "DynamoDB does not answer: \(message)", isOutcomeKnown: isKnown)
        case .deadline:
            return SluiceError(.deadlineExceeded, "the deadline passed before DynamoDB answered", isOutcomeKnown: isKnown)
        case .credentials:
            return SluiceError(
                .unavailable, "DynamoDB takes none of the daemon's credentials, or there are none: \(message)", isOutcomeKnown: isKnown)
        }
    }

    private func serviceError(isKnown: Bool) -> SluiceError {
        switch name {
        case "ResourceNotFoundException":
            return SluiceError(.backendError, "the table or one of its indexes is gone; define the repository again", details: details)
        case "AccessDeniedException":
            return SluiceError(
                .backendError, "DynamoDB does not allow this to the daemon's credentials: \(message)", isOutcomeKnown: isKnown,
                details: details)
        case "ItemCollectionSizeLimitExceededException": return tooLarge
        case "ValidationException" where message.contains("size") && message.contains("exceed"): return tooLarge
        default:
            return SluiceError(
                .backendError, "DynamoDB: \(message.isEmpty ? name : message)", isOutcomeKnown: isKnown, details: details)
        }
    }

    private var tooLarge: SluiceError {
        var error = SluiceError.tooLarge(
            "the record is over DynamoDB's own limit", limit: DynamoLayout.maxItemBytes.name, value: DynamoLayout.maxItemBytes.value)
        error.details.merge(details) { $1 }
        return error
    }

    private var details: [String: SluiceError.Detail] { name.isEmpty ? [:] : ["nativeCode": .string(name)] }
}
