import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceSQLite

/// Reads that ask the same share one answer, and no others do.
@Suite struct SharedAnswersTests {
    private static func read(_ name: String, _ value: Scalar) throws -> RepositoryOperation {
        .getOne(Filter([Condition(try FieldPath(name), .equal(value))]))
    }

    private static func text(_ text: String) -> Scalar { .string(Array(text.utf8)[...]) }

    private static func count(_ answer: OperationResult?) -> Int? {
        guard case .count(let count) = answer else { return nil }
        return count
    }

    @Test func whoAsksTheSameIsAnsweredTheSame() throws {
        let asked = [
            try Self.read("id", Self.text("1")), try Self.read("email", Self.text("1")), try Self.read("email", .integer(1)),
            try Self.read("name", Self.text("1")), .getOne(Filter()),
        ]
        var answers = SharedAnswers()
        for (index, operation) in asked.enumerated() {
            #expect(answers[operation] == nil)
            answers[operation] = .count(index)
        }
        for (index, operation) in asked.enumerated() { #expect(Self.count(answers[operation]) == index) }
        #expect(answers[try Self.read("id", Self.text("2"))] == nil)
    }

    @Test func onlyReadsOfOneRecordAreShared() throws {
        var answers = SharedAnswers()
        answers[.count(Filter())] = .count(1)
        #expect(answers[.count(Filter())] == nil)
    }
}
