import SluiceProtocol
import Testing

/// Decimals, timestamps, patterns and definitions by their rules.
@Suite struct ValueTests {
    private func decimal(_ text: String) throws(SluiceError) -> DecimalNumber {
        try Array(text.utf8)[...].withBytes { bytes throws(SluiceError) in try DecimalNumber(text: bytes) }
    }

    @Test(arguments: [
        ("1.50", "1.50"), ("15e-1", "1.5"), ("0.00", "0.00"), ("-0", "-0"), ("1E6", "1E+6"), ("123.45E3", "1.2345E+5"),
        ("0.0000001", "1E-7"), ("007", "7"),
    ])
    func decimalsAreCanonical(_ text: String, _ canonical: String) throws { #expect(try decimal(text).text == canonical) }

    @Test func decimalsAreEqualByValue() throws {
        #expect(try decimal("1.5") == decimal("1.50"))
        #expect(try decimal("-0") == decimal("0E+5"))
        #expect(try decimal("15") != decimal("1.5"))
    }

    @Test(arguments: ["", "-", ".5", "5.", "1e", "NaN", "Infinity", "1.0.0", String(repeating: "9", count: 39), "1E+7000"])
    func whatIsNoDecimalIsRefused(_ text: String) { #expect(throws: SluiceError.self) { try decimal(text) } }

    @Test(arguments: [
        ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"), ("2026-01-02t03:04:05+01:30", "2026-01-02T01:34:05.000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"), ("2024-02-29T23:59:59.9999Z", "2024-02-29T23:59:59.999Z"),
    ])
    func timesAreReadAndWritten(_ text: String, _ expected: String) { #expect(Timestamp(text: text)?.description == expected) }

    @Test(arguments: [
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
        "10000-01-01T00:00:00Z",
    ])
    func whatIsNoTimeIsRefused(_ text: String) { #expect(Timestamp(text: text) == nil) }

    @Test(arguments: [
        ("a%", "ab", true), ("a%", "ba", false), ("%a", "ba", true), ("%a", "ab", false), ("triple %%%", "triple %x", true),
        ("triple %%%", "triple x", false), ("%", "", true), ("", "", true), ("a.c", "abc", false), ("%a%a%", "aa", true),
        ("%ab%b", "ab", false),
        ("_*[\\", "_*[\\", true), ("%b%b", "bb", true), ("%b%b", "b", false),
    ])
    func patternsMatch(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(Array(text.utf8).withUnsafeBytes { LikePattern(pattern.utf8).matches($0) } == expected)
    }

    @Test func definitionsOnlyAdd() throws {
        let stored = try RepositoryDefinition(.map(["name": "users", "indexes": .list([.string("email")])]))
        let more = try RepositoryDefinition(.map(["name": "users", "indexes": .list([.string("age")]), "readCapacity": .integer(5)]))
        let sum = try stored.adding(more)
        #expect(sum.definition.indexes.map { $0.fields.map(\.text) } == [["email"], ["age"]])
        #expect(sum.notices.count == 1)
        #expect(try RepositoryDefinition(sum.definition.structured) == sum.definition)
        let other = try RepositoryDefinition(.map(["name": "users", "hashKey": .string("code")]))
        #expect(throws: SluiceError.self) { try stored.adding(other) }
    }

    @Test func canonicallyEquivalentNamesAreTwo() throws {
        #expect(try FieldPath("\u{e9}") != FieldPath("e\u{301}"))
        #expect(ExactText("\u{e9}") != ExactText("e\u{301}"))
    }
}
