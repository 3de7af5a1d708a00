import SluiceProtocol

extension ConformanceSuite {
    /// Names and values that have been the end of other engines.
    static let hostileTexts = [
        "", " ", "'", "\"", "\\", "`", "\u{1}", "\u{7f}", "\u{ffff}", "\u{10ffff}", "😀", "e\u{301}", "é", "%", "%%", "_", ".*", "[a]", "(",
        "$where", "$gt", "Doe, John",
        "'; DROP TABLE users; --", "null", "true", "1", "NaN", "\n\r\t\u{8}\u{c}", "</script>", "\u{2028}", "{\"$date\":\"x\"}", "id",
        "rowid", "body",
    ]

    static let values: [ConformanceCase] = [
        roundTrip("null, booleans and empty things", [nil, true, false, "", [], [:], .binary([])]),
        roundTrip(
            "integers to their bounds",
            [
                0, -1, 1, 127, 128, -128, -129, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 9_007_199_254_740_993, .integer(.max),
                .integer(.min),
            ]),
        ConformanceCase("floats round-trip bit by bit, and match themselves") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            let floats = [
                0.0, -0.0, 1.0, -1.0, 0.1, 1.5, 6.0, 1e15, 1e16, 123456789012345680.0, 1e22, 1e23, 9007199254740993.0,
                Double.leastNonzeroMagnitude, 2.2250738585072014e-308,
                1.7976931348623157e308, -1.7976931348623157e308, .pi, 1.0 / 3, 1e100, 4.35, 0.3, 2.0 / 3,
            ].filter { subject.admits($0) }
            for float in floats {
                let saved = try items.save(["v": .float(float), "w": [.float(float)], "plain": .float(float)])
                let read = try items.getOne([["id", "eq", saved.id]])
                try expect(read, saved)
                if subject.backend.capabilities.integralFloatsKept { try expect(read["v"], .float(float)) }
                for field: RecordValue in ["v", "plain"] {
                    try expect(try items.count([["id", "eq", saved.id], [field, "eq", .float(float)]]), 1)
                    try expect(try items.count([["id", "eq", saved.id], [field, "ne", .float(float)]]), 0)
                    try expect(try items.count([["id", "eq", saved.id], [field, "lt", .float(float)]]), 0)
                    try expect(try items.count([["id", "eq", saved.id], [field, "lte", .float(float)]]), 1)
                }
            }
        },
        roundTrip("texts that look like something else", hostileTexts.map { .string($0) }),
        roundTrip("a text of a million bytes", [.string(String(repeating: "0123456789abcdeß", count: 61_681))]),
        roundTrip("binary", [.binary([0]), .binary(Array(0...255)), .binary(Array(repeating: 0xff, count: 70_000))]),
        roundTrip(
            "timestamps from the year 1 to 9999",
            [0, 1, -1, 999, -999, 1_767_323_045_678, -62_135_596_800_000, 253_402_300_799_999].map { .timestamp($0) }),
        roundTrip(
            "decimals with their zeros",
            [
                "0", "-0", "0.00", "1", "1.5", "1.50", "-1.5", "1E+3", "0.001", "1E-7", "12345678901234567890123456789012345678", "9E+6111",
                "1E-6176",
            ].map {
                .decimal($0)
            }),
        roundTrip(
            "ObjectIds",
            [.objectID("000000000000000000000000"), .objectID("ffffffffffffffffffffffff"), .objectID("65a1b2c3d4e5f60718293a4b")]),
        roundTrip(
            "lists and maps in each other",
            [
                [1, [2, [3, nil, "x"]], ["a": [["b": 1.5]]]], ["a": ["b": ["c": [:], "d": []]]], deep(26, ["leaf": 1]),
                .list((0..<3_000).map { .integer($0) }),
            ]),
        roundTrip(
            "maps that look like kinds",
            [
                ["$date": "2026-01-01T00:00:00.000Z"], ["$oid": "65a1b2c3d4e5f60718293a4b"], ["$numberDecimal": "1"],
                ["$binary": ["base64": "AA==", "subType": "00"]],
                ["$escaped": ["$escaped": 1]], ["$escaped": ["$date": "x"]], ["$where": "1"], ["$date": 5], ["$": 1],
                ["$date": "x", "other": 1], ["a": ["$gt": 5]],
                [["$date": "2026-01-01T00:00:00.000Z"]], ["$numberLong": "5"], ["$escaped": nil],
            ]),
        roundTrip(
            "nested names that are paths, empty or quoted",
            [["a.b": 1, "": 2, "$x": 3, "c": ["d.e": ["": ["": 1]]], "\"": 4, "\\": 5, "😀": 6, "'": 7]]),
        ConformanceCase("top-level names may be anything but paths and operators") { subject in
            let items = try subject.repository()
            var record: RecordValue = [:]
            for name in hostileTexts where !name.isEmpty && !name.hasPrefix("$") && !name.contains(".") && name != "id" {
                record[name] = .string(name)
            }
            let saved = try items.save(record)
            record["id"] = saved.id
            try expect(try items.getOne([["id", "eq", saved.id]]), record)
            for bad in ["", "$set", "a.b", "_id"] { try expect(error: .invalidInput) { try items.save(RecordValue([bad: 1])) } }
        },
        ConformanceCase("a record over maxRecordBytes is tooLarge, naming the limit") { subject in
            let items = try subject.repository()
            let error = try expect(error: .tooLarge) { try items.save(["v": .binary(Array(repeating: 1, count: Limits().maxRecordBytes))]) }
            try expect(error.details["limit"], .string("maxRecordBytes"))
            try expect(try items.count(), 0)
        },
    ]

    private static func deep(_ depth: Int, _ leaf: RecordValue) -> RecordValue { depth == 0 ? leaf : ["m": deep(depth - 1, leaf)] }

    /// Each value comes back as it went in: from the create, by id, in a list, and nested in lists and maps.
    private static func roundTrip(_ what: String, _ values: [RecordValue]) -> ConformanceCase {
        ConformanceCase("round trip: \(what)") { subject in
            let items = try subject.repository()
            for value in values {
                var record: RecordValue = ["v": value]
                if case .map = value {} else { record["nested"] = ["list": [value, value], "map": ["x": value]] }
                let saved = try items.save(record)
                record["id"] = saved.id
                try expect(saved, record)
                try expect(try items.getOne([["id", "eq", saved.id]]), record)
                try expect(try items.getAll([["id", "in", [saved.id]]]), [record])
            }
        }
    }
}

extension ConformanceSubject {
    /// Whether the engine can hold a float (DynamoDB's numbers have bounds of their own).
    func admits(_ float: Double) -> Bool { backend.engine != "dynamodb" || float == 0 || (1e-130...9.99e125).contains(abs(float)) }
}
