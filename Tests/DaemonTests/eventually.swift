/// Waits until something holds: a minute, which is far longer than a loaded machine takes, so that a test fails instead of hanging.
/// - Throws: `Failure` saying what did not come.
func eventually(_ what: @autoclosure () -> String, _ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !holds() {
        guard ContinuousClock.now < end else { throw Failure("a minute is over without \(what())") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
