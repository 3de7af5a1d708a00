/// From names of callers to SQLite's identifiers. SQLite takes `Users` and `users` for one; callers do not.
enum SQLiteName {
    /// The table of a collection's name, quoted.
    static func table(_ name: String) -> String { quoted(distinct(name)) }

    /// The column that holds the value of a field, quoted.
    static func column(_ path: String) -> String { quoted("k:" + distinct(path)) }

    /// The index over quoted columns of a quoted table, quoted. Quoted parts make the name as unambiguous as its parts.
    static func index(_ table: String, _ columns: [String], isUnique: Bool = false) -> String {
        quoted("sluice_\(isUnique ? "unique" : "index") \(table) (\(columns.joined(separator: ", ")))")
    }

    /// An identifier in SQL (https://www.sqlite.org/lang_keywords.html).
    static func quoted(_ identifier: String) -> String {
        // By bytes: a quote followed by a combining mark is another Character, but still a quote to SQLite.
        let quote = UInt8(ascii: "\"")
        let doubled = identifier.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
        return String(decoding: [quote] + doubled + [quote], as: UTF8.self)
    }

    /// Names that differ only in case, or that SQLite or Sluice keeps for itself, get the places of their upper-case letters in front:
    /// `Users` is `1~Users`. A bit for each byte, the first byte the lowest, in hexadecimal. No two names come out the same, in any case:
    /// what has no `~` is plain, and before the first `~` stand the places.
    static func distinct(_ name: String) -> String {
        let utf8 = Array(name.utf8)
        let isUpper = utf8.map { (0x41...0x5a).contains($0) }
        let isReserved = utf8.starts(with: "sqlite_".utf8) || utf8.starts(with: "sluice_".utf8)
        guard isReserved || isUpper.contains(true) || utf8.contains(UInt8(ascii: "~")) else { return name }
        var digits: [UInt8] = stride(from: 0, to: utf8.count, by: 4).map { start in
            (0..<4).reduce(0) { $0 | (start + $1 < utf8.count && isUpper[start + $1] ? 1 << UInt8($1) : 0) }
        }
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        return digits.reversed().map { String($0, radix: 16) }.joined() + "~" + name
    }
}
