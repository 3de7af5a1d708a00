import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceDynamo

/// Values as DynamoDB's JSON and back.
@Suite struct AttributeTests {
    private func json(_ value: RecordValue) throws -> String {
        var writer = AttributeWriter()
        try value.messagePack.withUnsafeBytes { bytes throws in
            var reader = MessagePackReader(bytes)
            try writer.value(&reader)
        }
        return String(decoding: writer.text, as: UTF8.self)
    }

    private func value(_ json: String) throws -> RecordValue {
        var writer = MessagePackWriter()
        try Array(json.utf8).withUnsafeBytes { bytes throws in
            var reader = AttributeReader(JSONReader(bytes))
            try reader.value(to: &writer, depth: 1)
        }
        return try writer.bytes.withUnsafeBytes { bytes throws in
            var reader = MessagePackReader(bytes)
            return try RecordValue(&reader)
        }
    }

    @Test func randomRecordsComeBack() throws {
        var random = SeededGenerator(seed: 11)
        var kept = 0
        for _ in 0..<3_000 {
            let given = RandomRecord.value(depth: 4, using: &random)
            // Half of all bit patterns are floats that DynamoDB does not keep; another test is about those.
            guard let stored = try? json(given) else { continue }
            kept += 1
            #expect(try value(stored).withIntegers == given.withIntegers)
        }
        #expect(kept > 2_000)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("6.0", 6), ("1E+3", 1_000), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
            ("1.20E1", 12), ("-12", -12), ("1000000000000000000", 1_000_000_000_000_000_000),
        ] as [(String, Int64)])
    func numbersThatAreIntegersAreIntegers(_ text: String, _ integer: Int64) throws {
        #expect(try value(#"{"N":"\#(text)"}"#) == .integer(integer))
    }

    @Test func noDigitIsLost() throws {
        #expect(try value(#"{"N":"0.1"}"#) == 0.1)
        #expect(try value(#"{"N":"1.5E-7"}"#) == 1.5e-7)
        #expect(try value(#"{"N":"100000000000000000000"}"#) == 1e20)
        for digits in ["18446744073709551617", "0.1000000000000000055511151231257827", "3.1415926535897932384626433832795028842"] {
            #expect(try value(#"{"N":"\#(digits)"}"#) == .decimal(digits), "\(digits)")
        }
        #expect(try json(.float(1_152_921_504_606_846_976)) == #"{"N":"1152921504606846976"}"#)
    }

    @Test func aFloatOutOfDynamoDBsRangeIsRefused() throws {
        for float in [1e126, -1e300, 1e-131, .leastNonzeroMagnitude] {
            let error = #expect(throws: SluiceError.self) { try json(.float(float)) }
            #expect(error?.code == .invalidInput)
        }
        #expect(try value(try json(.float(9.98e125))) == 9.98e125)
        #expect(try value(try json(.float(1e-130))) == 1e-130)
    }

    /// Data never turns into a kind, nor a kind into data.
    @Test func aCallersMapThatLooksLikeAKindStaysAMap() throws {
        for name in ["$date", "$oid", "$numberDecimal", "$$date", "$empty", "$$empty", "", "$other"] {
            for text in ["2026-01-02T03:04:05.678Z", "65a1b2c3d4e5f60718293a4b", "1.5"] {
                let map = RecordValue([name: .string(text)])
                #expect(try value(try json(map)) == map, "\(name) \(text)")
                #expect(!(try json(map)).contains(#""":"#), "DynamoDB takes no empty name")
            }
        }
    }

    @Test func setsOfOthersAreLists() throws {
        #expect(try value(#"{"SS":["b","a"]}"#) == ["b", "a"])
        #expect(try value(#"{"NS":["1","2.5"]}"#) == [1, 2.5])
        #expect(try value(#"{"BS":["AQ=="]}"#) == [.binary([1])])
    }

    @Test(arguments: [
        #"{"X":"1"}"#, #"{"N":"one"}"#, #"{"B":"*"}"#, #"{"S":"\u0000"}"#, #"{"S":5}"#, #"{"S":"a""#, #"[]"#, "", #"{"L":[{"S":"a"}}"#,
        #"{"M":{"a":5}}"#, #"{"BOOL":nil}"#, #"{"S":"\ud800"}"#,
    ])
    func whatIsNoneOfDynamoDBsIsAnError(_ json: String) {
        #expect(throws: SluiceError.self) { try value(json) }
    }

    @Test func nestingHasABound() {
        let deep = String(repeating: #"{"L":["#, count: 100_000)
        #expect(throws: SluiceError.self) { try value(deep) }
    }
}

extension RecordValue {
    /// As one kind of number keeps it.
    fileprivate var withIntegers: RecordValue {
        switch self {
        case .float(let float): Int64(exactly: float).map { .integer($0) } ?? self
        case .list(let elements): .list(elements.map(\.withIntegers))
        case .map(let fields): .map(fields.mapValues(\.withIntegers))
        default: self
        }
    }
}
