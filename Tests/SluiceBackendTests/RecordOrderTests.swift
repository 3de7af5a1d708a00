import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceBackend

/// The one order of records, and places in it as tokens.
@Suite struct RecordOrderTests {
    /// Values in their order; those in one list are equal.
    static let ascending: [[RecordValue?]] = [
        [nil, .null], [.integer(.min), -9223372036854775808.0], [-1.5], [-1, -1.0], [0, -0.0, 0.0], [.float(.leastNonzeroMagnitude)], [1.5],
        [9_007_199_254_740_992, 9007199254740992.0], [9_007_199_254_740_993], [9_007_199_254_740_994, 9007199254740994.0], [.integer(.max)],
        [9223372036854775808.0], [1e300], [""], ["A"], ["a"], ["a\u{1}"], ["aa"], ["b"], ["e\u{301}"], ["é"], ["\u{ffff}"], ["😀"],
        [.binary([])], [.binary([0])], [.binary([0, 0])], [.binary([1])], [.binary([255])], [false], [true],
        [.timestamp(-62_135_596_800_000)], [.timestamp(-1)], [.timestamp(0)], [.decimal("0"), .decimal("-0.00")],
        [.decimal("1.5"), .decimal("1.50")], [.objectID("000000000000000000000000")], [.objectID("ffffffffffffffffffffffff")],
        [[], [1], [:], ["a": nil]],
    ]

    private func record(_ value: RecordValue?, id: Int = 1, tie: RecordValue? = nil) throws -> Document {
        var record: RecordValue = ["id": .string("\(id)")]
        record["v"] = value
        record["k"] = tie
        return try Document(record)
    }

    @Test func kindsAndValues() throws {
        let up = RecordOrder([try .by("v")])
        let down = RecordOrder([try .by("-v")])
        for (leftRank, lefts) in Self.ascending.enumerated() {
            for (rightRank, rights) in Self.ascending.enumerated() {
                for (left, right) in lefts.flatMap({ left in rights.map { (left, $0) } }) {
                    let places = (up.place(of: try record(left)), up.place(of: try record(right)))
                    #expect(up.precedes(places.0, places.1) == (leftRank < rightRank), "\(left as Any) \(right as Any)")
                    #expect(down.precedes(places.0, places.1) == (leftRank > rightRank), "\(left as Any) \(right as Any), descending")
                }
            }
        }
    }

    @Test func tiesAreOrderedByIdInTheDirectionOfTheLastField() throws {
        for (order, isFirstBefore) in [([], true), (["v"], true), (["-v"], false), (["-v", "w"], true), (["v", "-w"], false)] {
            let order = RecordOrder(try order.map { try .by($0) })
            let places = (order.place(of: try record(5, id: 1)), order.place(of: try record(5, id: 2)))
            #expect(order.precedes(places.0, places.1) == isFirstBefore)
            #expect(order.precedes(places.1, places.0) == !isFirstBefore)
        }
    }

    @Test func whereIdsMayBeDoubledOtherFieldsTellThemApart() throws {
        let order = RecordOrder([try .by("-v")], tieFields: ["k"])
        let places = (order.place(of: try record(5, tie: 1)), order.place(of: try record(5, tie: 2)))
        #expect(order.precedes(places.1, places.0) && !order.precedes(places.0, places.1))
        let again = try order.place(of: order.token(of: places.1))
        #expect(again.tieValues == [.string(ArraySlice("1".utf8)), .integer(2)])
        #expect(!order.precedes(again, places.1) && !order.precedes(places.1, again))
    }

    @Test func aTokenNamesItsPlace() throws {
        for tieFields in [[], ["k"]] {
            let order = RecordOrder([try .by("v"), try .by("-w")], tieFields: tieFields)
            for value in Self.ascending.joined() {
                let place = order.place(of: try record(value, id: 7, tie: .binary([1])))
                let token = try PageToken(text: order.token(of: place).text, digest: 0, orderCount: 2)
                let again = try order.place(of: token)
                #expect(!order.precedes(place, again) && !order.precedes(again, place), "\(value as Any)")
                #expect(again.tieValues == place.tieValues)
            }
        }
    }

    @Test func forgedTokensAreRefused() throws {
        let order = RecordOrder([try .by("v")])
        let tied = RecordOrder([], tieFields: ["k"])
        let places: [(RecordOrder, PageToken)] = [
            (order, PageToken(digest: 0, keys: [], id: "x")), (order, PageToken(digest: 0, keys: [.binary([])], id: "x")),
            (order, PageToken(digest: 0, keys: [.binary([1, 1])], id: "x")), (order, PageToken(digest: 0, keys: [.binary([2])], id: "x")),
            (tied, PageToken(digest: 0, keys: [], id: "x")), (tied, PageToken(digest: 0, keys: [], id: "kQE")),
            (tied, PageToken(digest: 0, keys: [], id: "3f____8")), (tied, PageToken(digest: 0, keys: [], id: "kgGA")),
        ]
        for (order, token) in places {
            #expect(try #require(throws: SluiceError.self) { _ = try order.place(of: token) }.details["reason"] == "badToken")
        }
    }
}
