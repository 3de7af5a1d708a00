import SluiceProtocol

extension ConformanceSuite {
    /// Values in their order; those in one list are equal.
    private static let ascending: [[RecordValue?]] = [
        [nil, .null], [.integer(.min)], [-1.5], [-1, -1.0], [0, -0.0], [.float(.leastNonzeroMagnitude)], [1, 1.0], [1.5],
        [9_007_199_254_740_992, 9007199254740992.0], [9_007_199_254_740_993],
        [.integer(.max)], [1e300], [""], ["A"], ["a"], ["a\u{1}"], ["aa"], ["b"], ["é"], ["\u{ffff}"], ["😀"], [.binary([])], [.binary([0])],
        [.binary([0, 0])],
        [.binary([1])], [.binary([255])], [false], [true], [.timestamp(-62_135_596_800_000)], [.timestamp(-1)], [.timestamp(0)],
        [.timestamp(253_402_300_799_999)],
    ]

    static let ordering: [ConformanceCase] = [
        ConformanceCase("all kinds in order, missing with null, ties by id, and desc is asc reversed") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            var expected: [Int64] = []
            var records: [RecordValue] = []
            for (rank, values) in ascending.enumerated() {
                for value in values {
                    if case .float(let float)? = value, subject.backend.engine == "dynamodb", !(1e-130...9.99e125).contains(abs(float)),
                        float != 0
                    {
                        continue
                    }
                    var record: RecordValue = ["id": id(1_000 - records.count), "rank": .integer(Int64(rank))]
                    record["v"] = value
                    record["w"] = value
                    records.append(record)
                    expected.append(Int64(rank))
                }
            }
            try items.fill(records.shuffled())
            for field in ["v", "w"] {
                let found = try items.getAll(order: [field])
                try expect(found.map { $0["rank"] }, expected.map { .integer($0) })
                try checkTies(found, rank: "rank", isDescending: false)
                try expect(try items.getAll(order: ["-\(field)"]), found.reversed())
            }
        },
        ConformanceCase("decimals, ObjectIds, maps and lists stand anywhere, always at the same place") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            try items.fill([
                ["v": ["b": 1]], ["v": [1, 2]], ["v": .decimal("2")], ["v": .objectID("65a1b2c3d4e5f60718293a4b")], ["v": .timestamp(0)],
                ["v": ["a": 1]], ["v": 1], ["v": [0]], ["v": .decimal("-1.5")], ["v": []], ["v": [["x"], nil]], ["v": "x"],
            ])
            let order = try items.getAll(order: ["v"])
            try expect(order.count, 12)
            try expect(order.compactMap { [1, "x", .timestamp(0)].contains($0["v"]) ? $0["v"] : nil }, [1, "x", .timestamp(0)])
            try expect(try items.getAll(order: ["v"]), order)
            try expect(try items.getAll(order: ["-v"]), order.reversed())
            for size in [1, 5] { try expect(try items.walk(order: ["v"], size: size), order) }
        },
        ConformanceCase("several fields, each with its direction, ties by id in the direction of the last") { subject in
            let items = try subject.repository(["indexes": [["fields": ["a", "b"]]]])
            var records: [RecordValue] = []
            for number in 0..<60 {
                var record: RecordValue = ["id": id(number * 7919 % 61)]
                if number % 4 != 0 { record["a"] = .integer(Int64(number % 3)) }
                if number % 5 != 0 { record["b"] = .string(["x", "y"][number % 2]) }
                records.append(record)
            }
            try items.fill(records)
            for order in [
                ["a", "b"], ["-a", "-b"], ["a", "-b"], ["-a", "b"], ["b", "a"], ["-b"], ["a", "id"], ["a", "-id"], ["-id"], ["id"],
                ["c", "-a"],
            ] {
                try expect(try items.getAll(order: order).map(\.id), sorted(records, by: order).map(\.id))
            }
        },
        ConformanceCase("the greatest and the least of 1,025 records") { subject in
            let items = try subject.repository(["indexes": ["n"]])
            try items.fill((0..<1_025).map { ["n": .integer(Int64($0 * 7_919 % 1_025)), "m": .integer(Int64($0 % 3))] })
            for order in ["n", "m"] {
                let whole = try items.getAll(order: [order])
                try expect(try items.getAll(order: [order], limit: 3), Array(whole.prefix(3)))
                try expect(try items.getAll(order: ["-\(order)"], limit: 3), Array(whole.suffix(3).reversed()))
                try expect(try items.getAll(order: [order], limit: 10, offset: 1_020), Array(whole.suffix(5)))
            }
        },
    ]

    private static func checkTies(_ records: [RecordValue], rank: String, isDescending: Bool) throws {
        for (left, right) in zip(records, records.dropFirst()) where left[rank] == right[rank] {
            try expect((left.id.text < right.id.text) != isDescending, "ties are ordered by id: \(left.id.text), \(right.id.text)")
        }
    }

    /// The order by the book, for records whose fields are missing, integers or ASCII text, one kind a field.
    static func sorted(_ records: [RecordValue], by order: [String]) -> [RecordValue] {
        let isDescending = order.last?.hasPrefix("-") ?? false
        return records.sorted { left, right in
            for field in order + [isDescending ? "-id" : "id"] {
                let name = field.hasPrefix("-") ? String(field.dropFirst()) : field
                if left[name] == right[name] { continue }
                return isLess(left[name], right[name]) != field.hasPrefix("-")
            }
            return false
        }
    }

    private static func isLess(_ left: RecordValue?, _ right: RecordValue?) -> Bool {
        switch (left, right) {
        case (nil, _): true
        case (.integer(let left)?, .integer(let right)?): left < right
        case (.string(let left)?, .string(let right)?): left < right
        default: false
        }
    }
}
