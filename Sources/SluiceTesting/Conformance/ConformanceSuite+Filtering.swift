import SluiceProtocol

extension ConformanceSuite {
    static let filtering: [ConformanceCase] = [
        ConformanceCase("hostile texts are found by themselves, alone and exactly") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            try items.fill(hostileTexts.map { ["v": .string($0), "w": .string($0)] })
            for text in hostileTexts {
                for field: RecordValue in ["v", "w"] {
                    try expect(try items.getAll([[field, "eq", .string(text)]]).map { $0["v"] }, [.string(text)])
                    try expect(try items.getAll([[field, "in", [.string(text)]]]).count, 1)
                    try expect(try items.getAll([[field, "gte", .string(text)], [field, "lte", .string(text)]]).count, 1)
                }
            }
        },
        ConformanceCase("fields by hostile names") { subject in
            let names = [
                "a\"b", "a'b", "a b", "a;--", "a`b", "a\\b", "id2", "rowid", "body", "expires", "k:x", "é", "e\u{301}", "x]", "a?1",
            ]
            let items = try subject.repository(["indexes": .list(names.map { .string($0) })])
            for (index, name) in names.enumerated() {
                try items.save(RecordValue([name: .integer(Int64(index)), "other": RecordValue([name: .integer(Int64(index))])]))
            }
            for (index, name) in names.enumerated() {
                try expect(try items.count([[.string(name), "eq", .integer(Int64(index))]]), 1)
                try expect(try items.count([[.string("other.\(name)"), "eq", .integer(Int64(index))]]), 1)
                try expect(try items.count([[.string(name), "exists", true]]), 1)
            }
        },
        ConformanceCase("a filter over more records than an engine gives in one page") { subject in
            let items = try subject.repository()
            let filler = RecordValue.string(String(repeating: "f", count: 30_000))
            for start in stride(from: 0, to: 120, by: 40) {
                try items.fill((start..<start + 40).map { ["n": .integer(Int64($0)), "filler": filler] })
            }
            // Three pages of DynamoDB's 1 MB lie before what matches.
            try expect(try items.count([["n", "eq", 119]]), 1)
            try expect(try items.getOne([["n", "eq", 118]])["n"], 118)
            try expect(try items.getAll([["n", "gte", 110]], order: ["n"], limit: 3).map { $0["n"] }, [110, 111, 112])
            try expect(error: .notFound) { try items.getOne([["n", "eq", 120]]) }
            try expect(try items.getAll([["n", "like", "x"]]), [])
        },
        ConformanceCase("floats are found by themselves, bit by bit") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            let floats = [
                0.1, 1.5, 0.3, 2.0 / 3, 1.0 / 3, .pi, 4.35, 1e-7, 1e-130, 123456789.123456, 1e100, 0.1 + 0.2, 5e-100,
                1.7976931348623157e100,
            ]
            try items.fill(floats.map { ["v": .float($0), "w": .float($0)] })
            for float in floats {
                for field: RecordValue in ["v", "w"] {
                    try expect(try items.getAll([[field, "eq", .float(float)]]).map { $0["w"] }, [.float(float)])
                    try expect(try items.count([[field, "ne", .float(float)]]), floats.count - 1)
                    try expect(try items.count([[field, "lt", .float(float)]]), floats.filter { $0 < float }.count)
                    try expect(try items.count([[field, "lte", .float(float)]]), floats.filter { $0 <= float }.count)
                }
            }
        },
    ]
}
