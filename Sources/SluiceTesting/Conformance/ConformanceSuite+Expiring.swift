import Glibc
import SluiceProtocol

extension ConformanceSuite {
    private static let hour: RecordValue = ["enableTtl": true, "ttlAttribute": "created", "ttl": 3_600, "indexes": ["n"]]

    /// Seconds since 1970.
    private static var now: Int64 { Int64(time(nil)) }

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
            try expect(
                try items.save(["created": .timestamp(now * 1000 + 678)])["created"].map {
                    $0 == .timestamp(now * 1000) || $0 == .timestamp((now - 1) * 1000)
                }, true)
        },
        ConformanceCase("the time of creation must be a timestamp") { subject in
            let items = try subject.repository(hour)
            for bad: RecordValue in [nil, 5, "2026-01-01T00:00:00Z", true, 1.5, [1], ["a": 1]] {
                try expect(error: .invalidInput) { try items.save(["created": bad]) }
            }
            let saved = try items.save(["n": 1])
            for bad: RecordValue in [nil, 5, [1]] {
                try expect(error: .invalidInput) { try items.save(["created": bad], [["id", "eq", saved.id]]) }
            }
        },
        ConformanceCase("an expired record is never visible") { subject in
            let items = try subject.repository(hour)
            try items.save(["id": id(1), "n": 1, "created": ago(3_601)])
            try items.save(["id": id(2), "n": 2, "created": ago(3_500)])
            try expect(error: .notFound) { try items.getOne([["id", "eq", id(1)]]) }
            try expect(error: .notFound) { try items.getOne([["n", "eq", 1]]) }
            try expect(try items.getAll().map(\.id), [id(2)])
            try expect(try items.getAll(order: ["-n"]).map(\.id), [id(2)])
            try expect(try items.walk(size: 1).map(\.id), [id(2)])
            try expect(try items.count(), 1)
            try expect(error: .notFound) { try items.save(["m": 1], [["n", "eq", 1]]) }
            try expect(error: .notFound) { try items.deleteOne([["n", "eq", 1]]) }
            try expect(error: .notFound) { try items.replace(["id": id(1)]) }
            try expect(try items.deleteAll([], all: true), 1)
        },
        ConformanceCase("an expired record never blocks a create, an update or an upsert") { subject in
            let unique = subject.backend.capabilities.uniqueIndexes
            var definition = hour
            definition["hashKey"] = "code"
            if unique { definition["indexes"] = ["n", ["fields": ["mail"], "unique": true]] }
            let items = try subject.repository(definition)
            try items.save(["id": id(1), "code": "a", "mail": "m", "created": ago(4_000)])
            try items.save(["id": id(2), "code": "b", "mail": "k", "created": ago(4_000)])
            try expect(try items.save(["id": id(3), "code": "a", "mail": "x"])["code"], "a")
            try expect(try items.save(["id": id(1), "code": "c", "mail": "k"])["mail"], "k")
            try items.save(["id": id(4), "code": "d", "mail": "old", "created": ago(4_000)])
            try expect(try items.save(["mail": "old"], [["id", "eq", id(3)]])["mail"], "old")
            try items.save(["id": id(5), "code": "e", "old": true, "created": ago(4_000)])
            try expect(try items.upsert(["id": id(6), "code": "e"])["old"], nil)
            try expect(try items.count(), 3)
        },
        ConformanceCase("a record expires by itself, and updating its time renews it") { subject in
            let items = try subject.repository(["enableTtl": true, "ttlAttribute": "created", "ttl": 5])
            let records = try items.fill([["n": 1], ["n": 2]])
            try expect(try items.count(), 2)
            try items.save(["created": .timestamp((now + 60) * 1000)], [["id", "eq", records[0].id]])
            let patience = now + 15
            while try items.count() > 1, now < patience { usleep(100_000) }
            try expect(try items.getAll().map(\.id), [records[0].id])
        },
        ConformanceCase("replace keeps the time of creation unless it is supplied") { subject in
            let items = try subject.repository(hour)
            let created = ago(100)
            let saved = try items.save(["n": 1, "created": created])
            try expect(try items.replace(["id": saved.id, "m": 1]), ["id": saved.id, "m": 1, "created": created])
            let later = ago(50)
            try expect(try items.replace(["id": saved.id, "created": later])["created"], later)
            try items.save(["n": 5], [["id", "eq", saved.id]])
            try expect(try items.getOne([["id", "eq", saved.id]])["created"], later)
        },
        ConformanceCase("expired records are deleted in the background, others stay") { subject in
            let items = try subject.repository(hour)
            try items.fill((0..<1_200).map { ["n": .integer($0), "created": ago($0 % 4 == 0 ? 10 : 5_000)] })
            let deleted = try items.deleteExpired()
            try expect(deleted == 900 || subject.backend.engine != "sqlite", "all expired records went, not \(deleted)")
            try expect(try items.count(), 300)
            try expect(try items.deleteExpired(), 0)
        },
        ConformanceCase("the time of creation is a field like others in filter and order") { subject in
            let items = try subject.repository(hour)
            let times = [ago(30), ago(20), ago(10)]
            try items.fill(times.map { ["created": $0] })
            try expect(try items.getAll([["created", "gt", times[0]]], order: ["-created"]).map { $0["created"] }, [times[2], times[1]])
            try expect(try items.count([["created", "eq", times[1]]]), 1)
        },
    ]
}
