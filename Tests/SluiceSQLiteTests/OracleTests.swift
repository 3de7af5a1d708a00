import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceSQLite

/// Random questions over random records, against the contract spelled out in plain Swift.
@Suite struct OracleTests {
    private static let fields = ["a", "b", "m.x", "m.y", "id"]
    private static let values: [RecordValue] = [
        nil, 0, 1, 1.0, -1.5, 2, "", "a", "ab", "b", "1", .binary([]), .binary([1]), true, false, .timestamp(-1), .timestamp(5),
        .decimal("1.5"), .decimal("1.50"),
        .objectID("65a1b2c3d4e5f60718293a4b"), [1], ["x": 1],
    ]

    private struct Stored {
        let id: String
        let document: Document
    }

    private func records(_ count: Int, using random: inout SystemRandomNumberGenerator) throws -> [Stored] {
        try (0..<count).map { number in
            let id = RecordID.text(number * 7919 % 1_009)
            var record: RecordValue = ["id": .string(id)]
            if random.chance(0.8) { record["a"] = Self.values.randomElement(using: &random)! }
            if random.chance(0.6) { record["b"] = Self.values.randomElement(using: &random)! }
            if random.chance(0.7) {
                var map: RecordValue = [:]
                for name in ["x", "y"] where random.chance(0.7) { map[name] = Self.values.randomElement(using: &random)! }
                record["m"] = map
            }
            return Stored(id: id, document: try Document(validating: record.messagePack[...]))
        }
    }

    // MARK: the contract

    private static func isEqual(_ field: Document.Field, _ operand: Scalar) -> Bool {
        switch (field.comparable, operand) {
        case (nil, _): false
        case (.integer(let left)?, .float(let right)), (.float(let right)?, .integer(let left)): Double(left) == right
        case (.float(let left)?, .float(let right)): left == right
        case (let value?, _): value == operand
        }
    }

    /// Numbers, strings and timestamps alone have an order.
    private static func isLess(_ left: Scalar, _ right: Scalar) -> Bool? {
        func number(_ scalar: Scalar) -> Double? {
            switch scalar {
            case .integer(let value): Double(value)
            case .float(let value): value
            default: nil
            }
        }
        if let left = number(left), let right = number(right) { return left < right }
        switch (left, right) {
        case (.string(let left), .string(let right)): return left.lexicographicallyPrecedes(right)
        case (.timestamp(let left), .timestamp(let right)): return left < right
        default: return nil
        }
    }

    private static func holds(_ condition: Condition, _ record: Document) -> Bool {
        let field = record[condition.field]
        switch condition.test {
        case .equal(let operand): return isEqual(field, operand)
        case .notEqual(let operand): return !isEqual(field, operand)
        case .isIn(let operands): return operands.contains { isEqual(field, $0) }
        case .exists(let isThere): return (field != .missing) == isThere
        case .like(let pattern):
            guard case .scalar(.string(let utf8)) = field else { return false }
            return utf8.withUnsafeBytes { pattern.matches($0) }
        case .ordered(let relation, let operand):
            guard let value = field.comparable, let isBelow = isLess(value, operand), let isAbove = isLess(operand, value) else {
                return false
            }
            switch relation {
            case .lt: return isBelow
            case .lte: return !isAbove
            case .gt: return isAbove
            case .gte: return !isBelow
            }
        }
    }

    private static func rank(_ field: Document.Field) -> Int {
        switch field {
        case .missing, .scalar(.null): 0
        case .scalar(.integer), .scalar(.float): 1
        case .scalar(.string): 2
        case .scalar(.binary): 3
        case .scalar(.boolean): 4
        case .scalar(.timestamp): 5
        case .scalar(.decimal): 6
        case .scalar(.objectID): 7
        case .container: 8
        }
    }

    private static func comesBefore(_ left: Document.Field, _ right: Document.Field) -> Bool? {
        if rank(left) != rank(right) { return rank(left) < rank(right) }
        guard case .scalar(let leftValue) = left, case .scalar(let rightValue) = right else { return nil }
        switch (leftValue, rightValue) {
        case (.binary(let left), .binary(let right)): return left == right ? nil : left.lexicographicallyPrecedes(right)
        case (.boolean(let left), .boolean(let right)): return left == right ? nil : !left
        default: return isLess(leftValue, rightValue) == true ? true : isLess(rightValue, leftValue) == true ? false : nil
        }
    }

    private static func sorted(_ records: [Stored], _ order: [SortField]) -> [String] {
        records.sorted { left, right in
            for field in order {
                if let isBefore = comesBefore(left.document[field.field], right.document[field.field]) {
                    return isBefore != field.isDescending
                }
            }
            return (left.id < right.id) != (order.last?.isDescending ?? false)
        }.map(\.id)
    }

    // MARK: questions

    private static func operand(using random: inout SystemRandomNumberGenerator) throws -> Scalar {
        while true {
            let value = values.randomElement(using: &random)!
            switch value {
            case .list, .map: continue
            default: return try #require(try Document(validating: (["v": value] as RecordValue).messagePack[...])[name: "v"].comparable)
            }
        }
    }

    private static func condition(using random: inout SystemRandomNumberGenerator) throws -> Condition {
        let path = try FieldPath(fields.dropLast(random.chance(0.9) ? 1 : 0).randomElement(using: &random)!)
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: return Condition(path, .equal(try operand(using: &random)))
        case 2: return Condition(path, .notEqual(try operand(using: &random)))
        case 3: return Condition(path, .isIn(try (0..<Int.random(in: 0..<4, using: &random)).map { _ in try operand(using: &random) }))
        case 4: return Condition(path, .exists(.random(using: &random)))
        case 5 where path != .id:
            return Condition(path, .like(LikePattern(["%", "a%", "%b", "a", "%a%", "", "a%b", "b%%"].randomElement(using: &random)!.utf8)))
        default:
            let relation = [Condition.Relation.lt, .lte, .gt, .gte].randomElement(using: &random)!
            let value = try operand(using: &random)
            return Condition(path, value.isOrdered ? .ordered(relation, value) : .notEqual(value))
        }
    }

    private static func order(using random: inout SystemRandomNumberGenerator) throws -> [SortField] {
        try fields.shuffled(using: &random).prefix(Int.random(in: 0..<4, using: &random)).map {
            SortField(try FieldPath($0), isDescending: .random(using: &random))
        }
    }

    @Test(arguments: [
        [] as [StructuredValue], ["a"], ["a", "m.x"], [["fields": ["a", "b"]], "m.y"],
        [["fields": ["m.x", "a", "b"]], ["fields": ["b", "id"]]],
    ])
    func agrees(_ indexes: [StructuredValue]) throws {
        var random = SystemRandomNumberGenerator()
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "indexes": .list(indexes)])
        let stored = try records(150, using: &random)
        _ = try fixture.run([.saveMany(stored.map(\.document), isGenerated: stored.map { _ in false })], on: items)[0].get()
        for _ in 0..<120 {
            let filter = Filter(try (0..<Int.random(in: 0..<4, using: &random)).map { _ in try Self.condition(using: &random) })
            let order = try Self.order(using: &random)
            let matching = stored.filter { record in filter.conditions.allSatisfy { Self.holds($0, record.document) } }
            #expect(stored.filter { filter.matches($0.document) }.map(\.id) == matching.map(\.id), "\(filter) in memory")
            let expected = Self.sorted(matching, order)
            #expect(try finished(matching, order) == expected, "\(filter) \(order) in memory")
            let found = try ids(RecordQuery(filter: filter, order: order), fixture, items)
            #expect(found == expected, "\(filter) \(order)")
            #expect(try fixture.count(filter.conditions, on: items) == expected.count, "\(filter)")
            let paged = try ids(RecordQuery(filter: filter, order: order, pageSize: .random(in: 1..<40, using: &random)), fixture, items)
            #expect(paged == expected, "\(filter) \(order) in pages")
            let limit = Int.random(in: 1..<20, using: &random)
            let offset = Int.random(in: 0..<10, using: &random)
            let part = try ids(RecordQuery(filter: filter, order: order, limit: limit, offset: offset), fixture, items)
            #expect(part == Array(expected.dropFirst(offset).prefix(limit)), "\(filter) \(order) \(limit) \(offset)")
        }
    }

    private func finished(_ records: [Stored], _ order: [SortField]) throws -> [String] {
        let order = RecordOrder(order)
        return records.sorted { order.precedes(order.place(of: $0.document), order.place(of: $1.document)) }.map(\.id)
    }

    private func ids(_ query: RecordQuery, _ fixture: SQLiteFixture, _ items: DefinedRepository) throws -> [String] {
        var query = query
        var ids: [String] = []
        while true {
            guard case .page(let page) = try fixture.run([.getAll(query)], on: items)[0].get() else { return [] }
            page.bytes.withUnsafeBytes { bytes in
                var reader = MessagePackReader(bytes)
                for _ in 0..<page.count { if let record = try? RecordValue(&reader) { ids.append(record.id.text) } }
            }
            guard let next = page.next, query.limit == nil else { return ids }
            query.after = next
            query.offset = 0
        }
    }
}

extension SystemRandomNumberGenerator {
    /// True in so many of one cases.
    fileprivate mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }
}
