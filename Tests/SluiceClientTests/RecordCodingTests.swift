import FoundationEssentials
import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// Typed records and documents: every kind there and back, with the kind it went with.
@Suite struct RecordCodingTests {
    private struct Everything: Codable, Equatable {
        enum Role: String, Codable { case admin, user }
        struct Address: Codable, Equatable {
            var city: String
            var lines: [String]
        }

        var id: String?
        var flag: Bool
        var small: UInt8
        var large: Int64
        var float: Double
        var single: Float
        var text: String
        var date: Date
        var data: Data
        var bytes: [UInt8]
        var price: Decimal
        var exact: DecimalNumber
        var instant: Timestamp
        var reference: ObjectID
        var uuid: UUID
        var role: Role
        var address: Address
        var others: [Address]
        var scores: [String: Double]
        var nothing: Int?
        var something: Date?
        var sparse: [Int?]
        var any: Value
    }

    private static let everything = Everything(
        flag: true, small: 255, large: .min, float: 0.1, single: 1.5, text: "Größe %", date: Date(timeIntervalSince1970: 1_700_000_000.678),
        data: Data([1, 2, 3]), bytes: [0, 255], price: Decimal(string: "19.99")!, exact: try! DecimalNumber("1.50"),
        instant: Timestamp(milliseconds: -1)!, reference: ObjectID(seconds: 1, process: 2, counter: 3), uuid: UUID(), role: .admin,
        address: .init(city: "Ulm", lines: ["a", "b"]), others: [.init(city: "Rom", lines: [])], scores: ["x": 1, "y": -0.0], nothing: nil,
        something: Date(timeIntervalSince1970: 0), sparse: [1, nil, 3], any: ["deep": [1, 2.5, "x", nil, true]])

    @Test func everythingComesBack() throws {
        let document = try Document(encoding: Self.everything)
        #expect(try document.decoded(as: Everything.self) == Self.everything)
    }

    @Test func eachKindIsWhatItIs() throws {
        let record = try Document(encoding: Self.everything).record
        #expect(record["date"] == .timestamp(Timestamp(milliseconds: 1_700_000_000_678)!))
        #expect(record["data"] == .binary([1, 2, 3]))
        #expect(record["bytes"] == .binary([0, 255]))
        #expect(record["price"] == .decimal(try DecimalNumber("19.99")))
        #expect(record["reference"] == .objectID(Self.everything.reference))
        #expect(record["uuid"] == .string(Self.everything.uuid.uuidString))
        #expect(record["role"] == "admin")
        #expect(record["large"] == .integer(.min))
        #expect(record["float"] == .float(0.1))
        #expect(record["sparse"] == [1, nil, 3])
        #expect(record["address"]?["city"] == "Ulm")
        #expect(record["any"]?["deep"] == [1, 2.5, "x", nil, true])
        #expect(record["id"] == nil && record["nothing"] == nil)
        guard case .decimal(let exact)? = record["exact"] else { return #expect(Bool(false), "no decimal") }
        #expect(exact.text == "1.50")
    }

    @Test func aRecordIsADictionaryOfValues() throws {
        let record: Record = [
            "null": nil, "yes": true, "n": 7, "f": 1.0, "s": "x", "list": [1, ["a"]], "map": ["a.b": ["$c": 1]], "b": .binary([9]),
            "t": .timestamp(Timestamp(milliseconds: 5)!), "d": .decimal(try DecimalNumber("-1E+3")),
            "o": .objectID(ObjectID(seconds: 9, process: 8, counter: 7)),
        ]
        #expect(try Document(encoding: record).record == record)
        #expect(try Document(encoding: record).record["f"] == .float(1))
    }

    @Test(
        arguments: [
            ["n": .float(.nan)], ["s": "a\0b"], ["": 1], ["$set": 1], ["a.b": 1], ["_id": "x"],
        ] as [Record])
    func whatSluiceCannotHoldIsRefusedBeforeItIsSent(_ record: Record) {
        let error = #expect(throws: SluiceError.self) { try Document(encoding: record) }
        #expect(error?.code == .invalidInput)
    }

    @Test func whatIsNoRecordIsRefused() {
        for bad: any Encodable in [[1, 2], "text", 5, UInt64.max, ["n": UInt64.max], ["f": Double.infinity]] as [any Encodable] {
            let error = #expect(throws: SluiceError.self) { try Document(encoding: bad) }
            #expect(error?.code == .invalidInput)
        }
    }

    @Test func aRecordOfAnotherShapeNamesTheField() throws {
        struct Narrow: Decodable {
            struct Inner: Decodable { var n: [Int8] }
            var inner: Inner
        }
        let document = try Document(encoding: ["inner": ["n": [1, 300]]] as Record)
        let error = #expect(throws: SluiceError.self) { try document.decoded(as: Narrow.self) }
        #expect(error?.reason == "recordType")
        #expect(error?.message.contains("'inner.n.1'") == true)
        #expect(error?.message.contains("300") == true)
        let missing = #expect(throws: SluiceError.self) { try Document(trusted: [0x80]).decoded(as: Narrow.self) }
        #expect(missing?.message.contains("'inner'") == true)
    }

    @Test func numbersFitWhereTheyCan() throws {
        struct Numbers: Codable { var float: Double, whole: Int }
        let document = try Document(encoding: ["float": 6, "whole": 6.0] as Record)
        let numbers = try document.decoded(as: Numbers.self)
        #expect(numbers.float == 6 && numbers.whole == 6)
        let fraction = try Document(encoding: ["float": 6, "whole": 6.5] as Record)
        #expect(throws: SluiceError.self) { try fraction.decoded(as: Numbers.self) }
    }

    @Test func textIsNoNumberAndANumberIsNoText() throws {
        struct Text: Codable { var value: String }
        struct Flag: Codable { var value: Bool }
        for record: Record in [["value": 1], ["value": nil], ["value": .timestamp(Timestamp(milliseconds: 0)!)]] {
            let document = try Document(encoding: record)
            #expect(throws: SluiceError.self) { try document.decoded(as: Text.self) }
            #expect(throws: SluiceError.self) { try document.decoded(as: Flag.self) }
        }
    }

    private class Animal: Codable {
        var name = "Rex"
    }

    private final class Dog: Animal {
        var tricks = ["sit"]

        enum CodingKeys: CodingKey { case tricks }
        override init() { super.init() }
        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            tricks = try container.decode([String].self, forKey: .tricks)
            try super.init(from: container.superDecoder())
        }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(tricks, forKey: .tricks)
            try super.encode(to: container.superEncoder())
        }
    }

    @Test func superclassesAndNestedContainersWork() throws {
        let document = try Document(encoding: Dog())
        #expect(document.record == ["tricks": ["sit"], "super": ["name": "Rex"]])
        #expect(try document.decoded(as: Dog.self).name == "Rex")
        struct Nested: Codable, Equatable {
            var matrix = [[1, 2], [3]]
            var none: [String: Int] = [:]
            var empty: [Int] = []
        }
        #expect(try Document(encoding: Nested()).decoded(as: Nested.self) == Nested())
    }

    @Test func otherCodersSeeTheNearestKind() throws {
        let record: Record = [
            "null": nil, "yes": true, "n": .integer(.max), "f": 1.5, "list": [1, "x", ["k": 2]], "b": .binary([1, 2]),
            "t": .timestamp(Timestamp(milliseconds: 0)!), "d": .decimal(try DecimalNumber("1.50")),
        ]
        let json = try JSONEncoder().encode(record)
        var expected = record
        expected["b"] = "AQI="
        expected["t"] = "1970-01-01T00:00:00.000Z"
        expected["d"] = "1.50"
        #expect(try JSONDecoder().decode(Record.self, from: json) == expected)
        #expect(
            try JSONDecoder().decode([Timestamp].self, from: JSONEncoder().encode([Timestamp(milliseconds: 5)!])) == [
                Timestamp(milliseconds: 5)!
            ])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([ObjectID].self, from: Data("[\"zz\"]".utf8)) }
    }

    @Test func valuesAreAskedForTheirKind() throws {
        #expect(try Document(encoding: Value.map(["a": 1])).record == ["a": 1])
        #expect(Value.integer(5).as(Int.self) == 5)
        #expect(Value.string("x").as(Int.self) == nil)
        #expect(try Value(Date(timeIntervalSince1970: 1)) == .timestamp(Timestamp(milliseconds: 1000)!))
    }

    @Test func datesKeepEveryMillisecond() throws {
        for milliseconds: Int64 in [0, 1, -1, 999, 1_700_000_000_678, 253_402_300_799_999, -62_135_596_800_000, 4_102_444_799_999] {
            let scalar = Scalar.timestamp(Timestamp(milliseconds: milliseconds)!)
            #expect(try Date(scalar: scalar)?.scalar() == scalar)
        }
        #expect(throws: SluiceError.self) { try Date.distantFuture.addingTimeInterval(1e12).scalar() }
        #expect(try Date(timeIntervalSince1970: 1.2349).scalar() == .timestamp(Timestamp(milliseconds: 1234)!))
    }

    @Test func decimalsThatFoundationCannotHoldAreNotBent() throws {
        #expect(Decimal(scalar: .decimal(try DecimalNumber("1E+6000"))) == nil)
        #expect(Decimal(scalar: .decimal(try DecimalNumber("12345678901234567890123456789012345678"))) != nil)
        #expect(throws: SluiceError.self) { try Decimal.nan.scalar() }
    }
}
