/// Waits until something holds: two minutes, which is far longer than a loaded machine takes, so that a test fails instead of hanging.
/// - Throws: `Failure` saying what did not come.
func eventually(_ what: @autoclosure () -> String, _ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(120)
    while try await !holds() {
        guard ContinuousClock.now < end else { throw Failure("two minutes are over without \(what())") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
