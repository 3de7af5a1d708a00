import Glibc
import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// The ids that the client chooses (PROTOCOL.md section 8).
@Suite struct IDSourceTests {
    private func parts(_ id: ObjectID) -> (seconds: Int, process: Substring, counter: Int) {
        let hex = id.hex
        return (Int(hex.prefix(8), radix: 16)!, hex.dropFirst(8).prefix(10), Int(hex.suffix(6), radix: 16)!)
    }

    @Test func theLayoutIsAnObjectIds() {
        let source = IDSource()
        let before = time(nil)
        let first = parts(source.next())
        let second = parts(source.next())
        #expect((before...before + 5).contains(first.seconds))
        #expect(first.process == second.process)
        #expect(second.counter == (first.counter + 1) & 0xff_ffff)
    }

    @Test func aForkedChildChoosesItsBytesAnew() {
        let source = IDSource()
        let parent = parts(source.next(owner: 100))
        let child = parts(source.next(owner: 101))
        #expect(parent.process != child.process)
        #expect(parts(source.next(owner: 101)).process == child.process)
    }

    @Test func noTwoTasksGetTheSame() async {
        let ids = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5_000).map { _ in IDSource.shared.next().hex } } }
            return await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        #expect(ids.count == 40_000)
    }

    @Test func onlyWhatHasNoIdGetsOne() throws {
        let (without, isGenerated) = try Document(encoding: ["a": 1] as Record).identified()
        #expect(isGenerated && without.id?.count == 24 && without.count == 2)
        let own = try Document(encoding: ["id": "mine"] as Record).identified()
        #expect(!own.isGenerated && own.0.id == "mine")
        // Null is the caller's own mistake to hear about.
        #expect(try Document(encoding: ["id": nil] as Record).identified().isGenerated == false)
    }
}
