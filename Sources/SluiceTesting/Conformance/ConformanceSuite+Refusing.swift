import SluiceProtocol

extension ConformanceSuite {
    /// Values that no engine gets to see: a document of the field `v` whose value's bytes are these.
    private static let refused: [(name: String, value: [UInt8])] = [
        ("a string with NUL", [0xa3, 0x61, 0x00, 0x62]), ("a nested name with NUL", [0x81, 0xa2, 0x61, 0x00, 0x01]),
        ("NaN", [0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]), ("infinity", [0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]),
        ("negative infinity as a float of 32 bits", [0xca, 0xff, 0x80, 0, 0]),
        ("an integer over 2^63-1", [0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0]), ("a string that is no UTF-8", [0xa2, 0xc3, 0x28]),
        ("a string with a surrogate", [0xa3, 0xed, 0xa0, 0x80]), ("a map with a key twice", [0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x02]),
        ("a map with a key that is no string", [0x81, 0x01, 0x02]), ("an unknown extension type", [0xd4, 0x05, 0x00]),
        ("a decimal of 39 digits", [0xc7, 39, 0x02] + Array(repeating: 0x31, count: 39)),
        ("a decimal that is NaN", [0xc7, 3, 0x02] + Array("NaN".utf8)),
        ("an ObjectId of 11 bytes", [0xc7, 11, 0x01] + Array(repeating: 0, count: 11)),
        ("a time in the year 10000", [0xc7, 12, 0xff, 0, 0, 0, 0, 0, 0, 0, 0x3a, 0xff, 0xf4, 0x41, 0x80]),
        ("maps 28 levels deep below the record", Array(repeating: [0x81, 0xa1, 0x6d], count: 28).flatMap { $0 } + [0x01]),
    ]

    static let refusing: [ConformanceCase] =
        refused.map { name, value in
            ConformanceCase("refused in a create, an update and a condition: \(name)") { subject in
                let items = try subject.repository()
                try items.save(["id": id(1), "a": 1])
                let document: [UInt8] = [0x81, 0xa1, 0x76] + value
                let isOne: [UInt8] = [0x91, 0x93, 0xa1, 0x61, 0xa2, 0x65, 0x71, 0x01]
                for arguments in [[0x81, 0x02] + document, [0x82, 0x02] + document + [0x01] + isOne, [0x81, 0x03, 0x91] + document] {
                    let operation: Operation = arguments[1] == 3 ? .saveMany : .save
                    try expect(error: .invalidInput) { try items.run(try ConformanceRepository.operation(operation, bytes: arguments)) }
                }
                let condition: [UInt8] = [0x81, 0x01, 0x91, 0x93, 0xa1, 0x61, 0xa2, 0x65, 0x71] + value
                try expect(error: .invalidInput) { try items.run(try ConformanceRepository.operation(.count, bytes: condition)) }
                try expect(try items.getAll(), [["id": id(1), "a": 1]])
            }
        } + [
            ConformanceCase("more conditions, operands or ordered fields than the limits are refused") { subject in
                let items = try subject.repository()
                try items.save(["a": 1])
                try expect(error: .invalidInput) { try items.count(Array(repeating: ["a", "eq", 1], count: 65)) }
                try expect(error: .invalidInput) { try items.count([["a", "in", .list(Array(repeating: 1, count: 1_001))]]) }
                try expect(error: .invalidInput) { try items.getAll(order: (0..<9).map { "f\($0)" }) }
                try expect(error: .invalidInput) { try items.count([[.string(String(repeating: "p", count: 1_025)), "eq", 1]]) }
            },
            ConformanceCase("the most conditions, operands and ordered fields that the limits allow") { subject in
                let items = try subject.repository(["indexes": ["n"]])
                try items.fill((0..<50).map { ["n": .integer($0)] })
                let operands = RecordValue.list((0..<1_000).map { .integer(Int64($0) * 2) })
                try expect(try items.count(Array(repeating: ["n", "in", operands], count: 64)), 25)
                try expect(try items.getAll([["n", "in", operands]], order: (0..<7).map { "f\($0)" } + ["-n"], limit: 1)[0]["n"], 48)
            },
            ConformanceCase("a page token that is none is refused") { subject in
                let items = try subject.repository()
                try items.fill((0..<3).map { ["n": .integer($0)] })
                for token in ["", "x", "AAAA", "kwE", String(repeating: "A", count: 10_000), "\u{1}", "é", "../../etc"] {
                    let error = try expect(error: .invalidInput) { try items.page(size: 1, token: token) }
                    try expect(error.details["reason"], .string("badToken"))
                }
            },
        ]
}
