import Foundation
import SluiceProtocol
import Testing

/// The code's constants against `protocol/operations.json` and `protocol/errors.json`, both ways.
@Suite struct ProtocolDataTests {
    private struct Operations: Decodable {
        struct Entry: Decodable {
            let name: String
            let code: Int64
            let needsRepository: Bool
            let kind: String
        }
        let frameKinds: [String: Int64]
        let operations: [Entry]
    }

    private struct Errors: Decodable {
        struct Entry: Decodable {
            let code: String
            let retryable: Bool
        }
        let errors: [Entry]
    }

    private func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try JSONDecoder().decode(type, from: Data(contentsOf: root.appendingPathComponent("protocol/" + name)))
    }

    @Test func operationsAreThoseOfTheFile() throws {
        let file = try read("operations.json", as: Operations.self)
        #expect(file.operations.map(\.code).sorted() == Operation.allCases.map(\.rawValue).sorted())
        for entry in file.operations {
            let operation = try #require(Operation(rawValue: entry.code))
            #expect(operation.name == entry.name)
            #expect(operation.needsRepository == entry.needsRepository)
            #expect(operation.isWrite == (entry.kind == "write"))
        }
    }

    @Test func frameKindsAreThoseOfTheFile() throws {
        let file = try read("operations.json", as: Operations.self)
        #expect(file.frameKinds == Dictionary(uniqueKeysWithValues: FrameKind.allCases.map { ("\($0)", $0.rawValue) }))
    }

    @Test func errorCodesAreThoseOfTheFile() throws {
        let file = try read("errors.json", as: Errors.self)
        #expect(file.errors.map(\.code).sorted() == ErrorCode.allCases.map(\.rawValue).sorted())
        for entry in file.errors { #expect(ErrorCode(rawValue: entry.code)?.isRetryable == entry.retryable) }
    }
}
