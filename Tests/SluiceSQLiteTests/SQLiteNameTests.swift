import Testing

@testable import SluiceSQLite

/// Names of callers as identifiers: none can break out, no two meet.
@Suite struct SQLiteNameTests {
    @Test(arguments: [
        ("users", "users"), ("Users", "1~Users"), ("userS", "10~userS"), ("ABCDE", "1f~ABCDE"), ("a~b", "0~a~b"), ("1~users", "0~1~users"),
        ("sqlite_x", "0~sqlite_x"),
        ("sluice_repositories", "0~sluice_repositories"), ("é", "é"), ("a b", "a b"), ("", ""),
    ])
    func distinctNames(_ name: String, _ expected: String) { #expect(SQLiteName.distinct(name) == expected) }

    @Test func noTwoNamesMeetInAnyCase() {
        let alphabet = Array("aAbB~01_".unicodeScalars)
        var seen: [String: String] = [:]
        var names = [""]
        for _ in 0..<5 {
            names = names.flatMap { name in alphabet.map { name + String($0) } }
            for name in names {
                let identifier = SQLiteName.distinct(name).lowercased()
                #expect(seen[identifier] == nil, "\(name) and \(seen[identifier] ?? "") meet")
                seen[identifier] = name
            }
        }
        #expect(seen.count == 8 + 64 + 512 + 4_096 + 32_768)
    }

    @Test func quotesAreDoubledByBytes() {
        #expect(SQLiteName.quoted("a\"b") == "\"a\"\"b\"")
        // A quote and a combining mark are one Character to Swift.
        #expect(Array(SQLiteName.quoted("\"\u{301}").utf8) == Array("\"\"\"\u{301}\"".utf8))
    }

    @Test func hostileNamesMakeTables() throws {
        let fixture = try SQLiteFixture()
        let names = [
            "\"", "\"\u{301}", "x\"); DROP TABLE sluice_repositories; --", "'", "`", "]", "sqlite_master", "sluice_repositories",
            "SQLITE_STAT1", "select", "é", "e\u{301}", "a b", "*", "😀",
        ]
        var repositories = try names.map {
            try fixture.define(["name": .string($0), "indexes": [.string($0), ["fields": [.string($0), "b"]]]])
        }
        for (index, repository) in repositories.enumerated() {
            _ = try fixture.run([.create(.record([names[index]: .integer(Int64(index))]), isGenerated: false)], on: repository)[0].get()
        }
        // The same again, from what the file says.
        repositories = try names.map { try fixture.define(["name": .string($0)]) }
        for (index, repository) in repositories.enumerated() {
            #expect(try fixture.count([.on(names[index], .equal(.integer(Int64(index))))], on: repository) == 1)
            #expect(try fixture.count(on: repository) == 1)
        }
    }
}
