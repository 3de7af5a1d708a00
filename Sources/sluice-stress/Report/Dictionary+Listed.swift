extension [String: UInt64] {
    /// Errors by their codes: `connectionLost 3, unavailable 1`; or `none`.
    var listed: String { isEmpty ? "none" : sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") }
}
