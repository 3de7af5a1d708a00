import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceTesting

/// An exception excuses one failure of one case on one server, and only as long as it happens.
@Suite struct KnownExceptionTests {
    private let exception = KnownException(server: "some", conformanceCase: "a case", failure: "found 2", reason: "it counts wrongly")

    private func run(_ body: @escaping @Sendable () throws -> Void) throws {
        try ConformanceCase("a case") { _ in try body() }.run(on: NoBackend(), knowing: exception)
    }

    @Test func excusesTheFailureItNames() throws { try run { try expect(2, 1) } }

    @Test func excusesNoOther() { #expect(throws: ConformanceFailure.self) { try run { try expect(3, 1) } } }

    @Test func isReportedWhenTheCasePasses() throws {
        let failure = try #require(throws: ConformanceFailure.self) { try run {} }
        #expect(failure.description.contains("not needed any more"))
    }

    @Test func concernsItsCaseOnItsServerAlone() {
        #expect(exception.covers("a case", on: "some"))
        #expect(!exception.covers("a case", on: "other") && !exception.covers("another", on: "some"))
    }

    @Test func allAreReadAndGiveTheirReasonWithALink() throws {
        let all = try KnownException.read()
        #expect(!all.isEmpty && all.count == KnownException.all.count)
        for exception in all { #expect(exception.reason.contains("(https://"), "\(exception)") }
    }

    @Test func allAreAboutCasesAndServersThatAreThere() {
        let cases = Set(ConformanceSuite.cases.map(\.description))
        // The products themselves are tested where the environment names one.
        let servers = Set(TestProgram.allCases.map(\.rawValue) + ["mongodb", "dynamodb"])
        for exception in KnownException.all {
            #expect(cases.contains(exception.conformanceCase) && servers.contains(exception.server), "\(exception)")
        }
    }

    @Test func noTwoCasesHaveOneName() {
        let names = ConformanceSuite.cases.map(\.description)
        #expect(Set(names).count == names.count)
    }
}

/// What a case gets that asks its engine nothing.
private final class NoBackend: Backend, BackendConnection {
    let engine = "none"
    let capabilities = Capabilities()
    let connectionRoles = [ConnectionRole.readsAndWrites]
    func prepare() {}
    func openConnection(_ role: ConnectionRole) -> any BackendConnection { self }
    func define(_ definition: RepositoryDefinition, deadline: MonotonicTime) throws(SluiceError) -> DefinedRepository {
        throw SluiceError(.unsupported, "this backend holds nothing")
    }
    func execute(_ operations: [PendingOperation], on repository: DefinedRepository) -> [Result<OperationResult, SluiceError>] { [] }
    func deleteExpired(_ repository: DefinedRepository) -> Int { 0 }
}
