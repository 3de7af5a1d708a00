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
        ConformanceCase("top-level names may be anything but paths and operators") { subject in
            let items = try subject.repository()
            var record: RecordValue = [:]
            for name in hostileTexts where !name.isEmpty && !name.hasPrefix("$") && !name.contains(".") && name != "id" {
                record[name] = .string(name)
            }
            let saved = try items.save(record)
            record["id"] = saved.id
            try expect(try items.getOne([["id", "eq", saved.id]]), record)
        },
        ConformanceCase("hostile texts as values, as nested names, and as both in lists") { subject in
            let items = try subject.repository()
            let texts = hostileTexts.map { RecordValue.string($0) }
            let names = RecordValue.map(Dictionary(uniqueKeysWithValues: hostileTexts.map { (ExactText($0), .string($0)) }))
            let saved = try items.save(["list": .list(texts), "map": names, "both": [names, [names]]])
            try expect(saved["list"], .list(texts))
            try expect(saved["map"], names)
            try expect(try items.getOne([["id", "eq", saved.id]]), saved)
            try expect(try items.save(["map": ["deep": names]], [["id", "eq", saved.id]])["map"], ["deep": names])
        },
        ConformanceCase("integral floats come back as floats where the engine keeps them, else as integers") { subject in
            let items = try subject.repository()
            let saved = try items.save(["v": 6.0, "list": [1.0, 2.5], "map": ["x": -3.0]])
            let isKept = subject.facts.capabilities.integralFloatsKept
            try expect(saved["v"], isKept ? 6.0 : 6)
            try expect(saved["list"], isKept ? [1.0, 2.5] : [1, 2.5])
            try expect(saved["map"], isKept ? ["x": -3.0] : ["x": -3])
            try expect(try items.getOne([["v", "eq", 6]]), saved)
        },
        ConformanceCase("the largest record, and one that is larger") { subject in
            let items = try subject.repository()
            let bytes = subject.facts.maxRecordBytes
            let saved = try items.save(["v": .binary(Array(repeating: 1, count: bytes - 1_000))])
            try expect(try items.getOne([["id", "eq", saved.id]]), saved)
            let error = try expect(error: .tooLarge) { try items.save(["v": .binary(Array(repeating: 1, count: bytes))]) }
            try expect(error.limit, subject.facts.recordLimit)
            try expect(error.details["value"], .integer(Int64(bytes)))
            try expect(error.isOutcomeKnown && !error.isRetryable, "a record that is too large stays so")
            try expect(try items.count(), 1)
        },
    ]
}
