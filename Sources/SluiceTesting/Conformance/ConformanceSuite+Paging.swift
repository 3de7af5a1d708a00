import SluiceProtocol

extension ConformanceSuite {
    /// Enough for several pages, one more than a power of two.
    private static let many = 1_025

    static let paging: [ConformanceCase] = [
        ConformanceCase("a walk over 1,025 records gives each exactly once") { subject in
            let items = try subject.repository()
            let saved = try items.fill((0..<many).map { ["n": .integer(Int64($0))] })
            for size in [1, 7, 1_024, 1_025, 1_026] where size > 1 || subject.backend.engine == "sqlite" {
                let found = try items.walk(size: size)
                try expect(found.count, many)
                try expect(Set(found.map(\.id.text)), Set(saved.map(\.id.text)))
            }
        },
        ConformanceCase("a page that holds the last record has no token") { subject in
            let items = try subject.repository()
            try items.fill((0..<10).map { ["n": .integer($0)] })
            try expect(try items.page(size: 10).token, nil)
            try expect(try items.page(size: 9).token != nil, "a record is left for the next page")
            try expect(try items.page(order: ["-n"], size: 10).token, nil)
            try expect(try items.page([["n", "gt", 100]], size: 5).records, [])
            try expect(try items.page([["n", "gt", 100]], size: 5).token, nil)
        },
        ConformanceCase("walks in every order, with ties, missing fields and both directions") { subject in
            let items = try subject.repository(["indexes": ["a", ["fields": ["a", "b"]]]])
            var records: [RecordValue] = []
            for number in 0..<100 {
                var record: RecordValue = ["id": id(number * 7919 % 101)]
                if number % 4 != 0 { record["a"] = .integer(Int64(number % 3)) }
                if number % 5 != 0 { record["b"] = .string(["x", "y"][number % 2]) }
                if number % 3 != 0 { record["c"] = .integer(Int64(number % 4)) }
                records.append(record)
            }
            try items.fill(records)
            for order in [
                [], ["a"], ["-a"], ["a", "b"], ["-a", "-b"], ["a", "-b"], ["-a", "b"], ["b", "-a"], ["c"], ["-c", "a"], ["a", "id"],
                ["-id"], ["a", "-id", "b"], ["nowhere"],
            ] {
                for size in [3, 17] {
                    try expect(try items.walk(order: order, size: size).map(\.id), sorted(records, by: order).map(\.id))
                }
            }
            try expect(
                try items.walk([["a", "eq", 1], ["b", "exists", true]], order: ["-b"], size: 4).count,
                try items.count([["a", "eq", 1], ["b", "exists", true]]))
        },
        ConformanceCase("a walk over all kinds") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            let values: [RecordValue?] = [
                nil, .null, 1, 1.0, -2.5, "", "a", "😀", .binary([]), .binary([0]), true, false, .timestamp(-1), .timestamp(5),
                .decimal("1.5"), .decimal("1.50"), .objectID("65a1b2c3d4e5f60718293a4b"), [1], ["a": 1], [], .integer(.max),
            ]
            try items.fill(
                values.map { value in
                    var record: RecordValue = [:]
                    record["v"] = value
                    record["w"] = value
                    return record
                })
            for order in [["v"], ["-v"], ["w"], ["-w"], ["v", "-w"]] {
                let whole = try items.getAll(order: order)
                try expect(whole.count, values.count)
                for size in [1, 2, 5] { try expect(try items.walk(order: order, size: size), whole) }
            }
        },
        ConformanceCase("a walk while records come and go gives all that stayed, exactly once") { subject in
            for order in [[], ["n"], ["-n"], ["m"]] {
                let items = try subject.repository(["indexes": ["n"]])
                let stay = try items.fill(
                    (0..<many).map { ["n": .integer(Int64($0 * 7 % 50)), "m": .integer(Int64($0 % 13)), "stays": true] })
                var temporary = try items.fill((0..<200).map { ["n": .integer(Int64($0 % 50)), "m": .integer(Int64($0 % 13))] })
                var number: Int64 = 0
                let found = try items.walk(order: order, size: 100) { _ in
                    for record in temporary.prefix(10) { try items.deleteOne([["id", "eq", record.id]]) }
                    temporary.removeFirst(10)
                    number += 3
                    temporary += try items.fill((0..<10).map { ["n": .integer(($0 + number) % 50), "m": .integer(($0 + number) % 13)] })
                }
                let ids = found.filter { $0["stays"] == true }.map(\.id.text)
                try expect(ids.count, many)
                try expect(Set(ids), Set(stay.map(\.id.text)))
                try expect(Set(found.map(\.id.text)).count, found.count)
            }
        },
        ConformanceCase("pages by offset over 1,025 records give each exactly once") { subject in
            let items = try subject.repository(["indexes": ["n"]])
            try items.fill((0..<many).map { ["n": .integer(Int64($0 * 7_919 % many))] })
            for size in [100, 1_024] {
                var found: [RecordValue] = []
                for offset in stride(from: 0, to: many, by: size) { found += try items.getAll(order: ["n"], limit: size, offset: offset) }
                try expect(found.map { $0["n"] }, (0..<many).map { .integer(Int64($0)) })
            }
        },
        ConformanceCase("pages by offset while records come and go behind them") { subject in
            let items = try subject.repository(["indexes": ["n"]])
            try items.fill((0..<many).map { ["n": .integer(Int64($0))] })
            var temporary: [RecordValue] = []
            var found: [RecordValue] = []
            for offset in stride(from: 0, to: many, by: 100) {
                found += try items.getAll([["n", "lt", .integer(Int64(many))]], order: ["n"], limit: 100, offset: offset)
                for record in temporary { try items.deleteOne([["id", "eq", record.id]]) }
                temporary = try items.fill((0..<5).map { ["n": .integer(Int64(many + offset) + $0)] })
            }
            try expect(found.map { $0["n"] }, (0..<many).map { .integer(Int64($0)) })
        },
        ConformanceCase("a walk over records that are changed meanwhile gives each exactly once") { subject in
            let items = try subject.repository(["indexes": ["n"]])
            try items.fill((0..<300).map { ["n": .integer($0), "v": 0] })
            for order in [[], ["n"], ["-n"], ["v", "n"]] {
                let found = try items.walk(order: order, size: 50) { count in
                    for n in stride(from: 0, to: 300, by: 60) as StrideTo<Int64> {
                        try items.save(["seen": .integer(Int64(count))], [["n", "eq", .integer(n)]])
                    }
                }
                try expect(found.count, 300)
                try expect(Set(found.map(\.id.text)).count, 300)
            }
        },
        ConformanceCase("a walk goes on though the record that its token names is gone") { subject in
            let items = try subject.repository(["indexes": ["n"]])
            try items.fill((0..<60).map { ["n": .integer($0), "m": .integer($0 % 2)] })
            for order in [[], ["n"], ["-m"]] {
                var seen: Set<String> = []
                var token: String?
                let before = Set(try items.getAll().map(\.id.text))
                var gone: Set<String> = []
                repeat {
                    let page = try items.page(order: order, size: 10, token: token)
                    seen.formUnion(page.records.map(\.id.text))
                    token = page.token
                    if token != nil, let last = page.records.last {
                        try items.deleteOne([["id", "eq", last.id]])
                        gone.insert(last.id.text)
                    }
                } while token != nil
                try expect(seen, before)
                try expect(try items.count(), before.count - gone.count)
            }
        },
        ConformanceCase("a page ends where a part is full, and the walk goes on") { subject in
            let items = try subject.repository()
            let filler = RecordValue.string(String(repeating: "y", count: 300_000))
            for start in stride(from: 0, to: 12, by: 4) {
                try items.fill((start..<start + 4).map { ["n": .integer(Int64($0)), "filler": filler] })
            }
            try expect(try items.page(order: ["n"], size: 9).records.count, 9)
            try expect(try items.walk(order: ["n"], size: 5).map { $0["n"] }, (0..<12).map { .integer($0) })
        },
        ConformanceCase("a token fits no other filter, order or repository") { subject in
            let items = try subject.repository()
            try items.fill((0..<10).map { ["n": .integer($0)] })
            let token = try items.page([["n", "gte", 0]], order: ["n"], size: 3).token
            try expect(error: .invalidInput) { try items.page([["n", "gte", 1]], order: ["n"], size: 3, token: token) }
            try expect(error: .invalidInput) { try items.page([["n", "gte", 0]], order: ["-n"], size: 3, token: token) }
            try expect(error: .invalidInput) { try items.page([["n", "gte", 0]], size: 3, token: token) }
            try expect(error: .invalidInput) { try items.page([["n", "gte", 0]], order: ["n"], size: 3, token: "x" + (token ?? "")) }
            try expect(try items.page([["n", "gte", 0]], order: ["n"], size: 4, token: token).records.map { $0["n"] }, [3, 4, 5, 6])
        },
        ConformanceCase("a forged token is answered or refused, and harms nothing") { subject in
            let items = try subject.repository(["indexes": ["n"]])
            let saved = try items.fill((0..<10).map { ["n": .integer($0)] })
            let filter = Filter()
            for order in [[], [SortField(try FieldPath("n"))], [SortField(try FieldPath("m"), isDescending: true)]] as [[SortField]] {
                let digest = PageToken.digest(repository: "conformance", filter: filter, order: order)
                let keys: [Scalar] = [
                    .null, .integer(5), .float(-1e308), .string(ArraySlice("' OR 1=1".utf8)), .binary([]), .binary([6]), .binary([99, 1]),
                    .boolean(true), .timestamp(Timestamp(milliseconds: 0)!),
                ]
                for key in keys {
                    for forgedId in ["", "x", "'; DROP TABLE x", "\u{10ffff}"] {
                        let token = PageToken(digest: digest, keys: order.map { _ in key }, id: forgedId).text
                        do {
                            let page = try items.page(
                                order: order.map { ($0.isDescending ? "-" : "") + $0.field.text }, size: 20, token: token)
                            try expect(page.records.allSatisfy { saved.contains($0) }, "only records of the repository come")
                        } catch let error as SluiceError { try expect(error.code, .invalidInput) }
                    }
                }
            }
            try expect(try items.count(), 10)
        },
    ]
}
