import Glibc
import SluiceBackend
import SluiceProtocol

extension ConformanceSuite {
    private static let hour: RecordValue = ["enableTtl": true, "ttlAttribute": "created", "ttl": 3_600, "indexes": ["n"]]

    /// Seconds since 1970, on the clock that the engines read: time(2)'s runs up to a tick of the kernel behind it.
    private static var now: Int64 { Timestamp.now.milliseconds / 1000 }

    /// A time so many seconds ago.
    private static func ago(_ seconds: Int64) -> RecordValue { .timestamp((now - seconds) * 1000) }

    static let expiring: [ConformanceCase] = [
        ConformanceCase("a create sets the time of creation, in whole seconds") { subject in
            let items = try subject.repository(hour)
            let before = now
            guard case .timestamp(let milliseconds)? = try items.save(["n": 1])["created"] else {
                throw ConformanceFailure("expected a time", #line, #fileID)
            }
            try expect(milliseconds % 1000, 0)
            try expect((before...now).contains(milliseconds / 1000), "the time of creation is now")
            try expect(try items.save(["created": .timestamp(before * 1000 + 678)])["created"], .timestamp(before * 1000))
        },
        ConformanceCase("a record expires by itself, and updating its time renews it") { subject in
            let items = try subject.repository(["enableTtl": true, "ttlAttribute": "created", "ttl": 20])
            let records = try items.fill([["n": 1], ["n": 2]])
            try expect(try items.count(), 2)
            try items.save(["created": .timestamp((now + 600) * 1000)], [["id", "eq", records[0].id]])
            let patience = now + 60
            while try items.count() > 1, now < patience { usleep(100_000) }
            try expect(try items.getAll().map(\.id), [records[0].id])
        },
        ConformanceCase("expired records are deleted in the background, others stay") { subject in
            let items = try subject.repository(hour)
            try items.fill((0..<1_200).map { ["n": .integer($0), "created": ago($0 % 4 == 0 ? 10 : 5_000)] })
            let deleted = try items.deleteExpired()
            try expect(deleted == 900 || subject.backend.engine != "sqlite", "all expired records went, not \(deleted)")
            try expect(try items.count(), 300)
            try expect(try items.deleteExpired(), 0)
        },
        ConformanceCase("a saveMany over expired records") { subject in
            let items = try subject.repository(hour)
            try items.fill((0..<100).map { ["id": id($0), "old": true, "created": ago(5_000)] })
            try expect(try items.count(), 0)
            try items.fill((0..<100).map { ["id": id($0), "n": .integer(Int64($0))] })
            try expect(try items.count(), 100)
            try expect(try items.count([["old", "exists", true]]), 0)
        },
        ConformanceCase("expired records among others do not shorten pages") { subject in
            let items = try subject.repository(hour)
            try items.fill((0..<300).map { ["n": .integer($0), "created": ago($0 % 3 == 0 ? 10 : 5_000)] })
            for order in [[], ["n"], ["-m"]] {
                try expect(try items.page(order: order, size: 60).records.count, 60)
                try expect(try items.walk(order: order, size: 33).count, 100)
            }
            try expect(try items.getAll(order: ["n"], limit: 2, offset: 1).map { $0["n"] }, [3, 6])
        },
    ]
}
