import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// Answers that no DynamoDB gives.
@Suite struct DynamoAnswerTests {
    /// A faulty server's numbers end no daemon.
    @Test(arguments: ["\"Count\":9223372036854775807", "\"ScannedCount\":-1", "\"Count\":4294967296"])
    func aCountThatCannotBeIsRefused(_ member: String) {
        let layout = DynamoLayout(RepositoryDefinition(name: "things"), limits: Limits())
        #expect(throws: SluiceError.self) { try DynamoAnswer(Array("{\(member)}".utf8), layout) }
    }

    @Test func capacityThatCannotBeIsNotCounted() throws {
        let layout = DynamoLayout(RepositoryDefinition(name: "things"), limits: Limits())
        let statistics = DynamoStatistics()
        for units in ["1e300", "-1e300", "9223372036854775807"] {
            let answer = try DynamoAnswer(Array("{\"ConsumedCapacity\":{\"CapacityUnits\":\(units)}}".utf8), layout)
            statistics.count(answer, isWrite: false)
        }
        #expect(statistics.entries.contains { $0.key == "consumedReadUnits" })
    }
}
