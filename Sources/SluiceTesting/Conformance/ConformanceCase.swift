import SluiceBackend
import SluiceProtocol

/// One thing that every engine must do, as a test that runs on any backend.
///
/// Another engine's test target runs them all, on each of its servers:
///
///     @Test(arguments: EngineServer.mongodb, ConformanceSuite.cases)
///     func conformance(_ server: EngineServer, _ conformanceCase: ConformanceCase) async throws {
///         let address = try await server.address()
///         try await blocking { try conformanceCase.run(on: makeBackend(address), server: server.description) }
///     }
public struct ConformanceCase: Sendable, CustomStringConvertible {
    /// What must hold, in words.
    public let description: String
    /// What an engine must have, or must not have, for the case to say anything about it; nil: nothing.
    public let need: Need?
    private let body: @Sendable (ConformanceSubject) throws -> Void

    /// A capability that is there or is not.
    public struct Need: Sendable, Equatable {
        let capability: String
        let isThere: Bool

        init(_ capability: String, isThere: Bool) {
            self.capability = capability
            self.isThere = isThere
        }

        /// Whether it is met.
        public func isMet(by capabilities: Capabilities) -> Bool { capabilities.structured[capability] == .boolean(isThere) }
    }

    /// A case and what proves it.
    public init(_ description: String, need: Need? = nil, _ body: @escaping @Sendable (ConformanceSubject) throws -> Void) {
        self.description = description
        self.need = need
        self.body = body
    }

    /// Runs the case on a backend that is prepared. Blocks.
    /// - Parameter server: what the backend works on, as `EngineServer` describes it; its known exceptions must fail as they say.
    /// - Throws: `ConformanceFailure`, or the error that the engine should not have given.
    public func run(on backend: any Backend, server: String = "") throws {
        try run(on: backend, knowing: KnownException.all.first { $0.covers(description, on: server) })
    }

    func run(on backend: any Backend, knowing exception: KnownException?) throws {
        if let need, !need.isMet(by: backend.capabilities) { return }
        guard let exception else { return try body(try ConformanceSubject(backend)) }
        do { try body(try ConformanceSubject(backend)) } catch {
            guard !"\(error)".contains(exception.failure) else { return }
            throw error
        }
        throw ConformanceFailure("the exception for \(exception.server) is not needed any more: the case passes", #line, #fileID)
    }
}

/// - Throws: `ConformanceFailure` when the two differ.
func expect<Value: Equatable>(_ found: Value, _ expected: Value, line: UInt = #line, file: StaticString = #fileID) throws {
    guard found != expected else { return }
    throw ConformanceFailure("expected \(expected), found \(found)", line, file)
}

/// - Throws: `ConformanceFailure` when the condition does not hold.
func expect(_ holds: Bool, _ what: String, line: UInt = #line, file: StaticString = #fileID) throws {
    guard !holds else { return }
    throw ConformanceFailure("expected that \(what)", line, file)
}

/// Expects an error and answers it.
/// - Throws: `ConformanceFailure` when there is none or another.
@discardableResult
func expect<Value>(
    error code: ErrorCode, line: UInt = #line, file: StaticString = #fileID, _ body: () throws -> Value
) throws -> SluiceError {
    let value: Value
    do { value = try body() } catch let error as SluiceError {
        guard error.code != code else { return error }
        throw ConformanceFailure("expected \(code.rawValue), found \(error)", line, file)
    }
    throw ConformanceFailure("expected \(code.rawValue), found \(value)", line, file)
}
