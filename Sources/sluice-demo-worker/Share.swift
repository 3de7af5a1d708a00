import SluiceClient

/// One process's part of the demo and what must come of it, as demo/plan.py says; computed here anew, from the source files alone. A value.
struct Share {
    static let queriesOfAKind = 8
    static let pagedTypes = 2
    static let readEvery = 8
    static let updateEvery = 4
    static let pageSize = 100

    let source: IsoCodes
    let process: Int
    let processes: Int

    func records(_ collection: Collection) -> [Record] { part(source.records(collection)) }

    /// The first two code points of names of languages.
    var prefixes: [[UInt8]] {
        let names = source.languages.map { Array(String(String.UnicodeScalarView($0.text("name").unicodeScalars.prefix(2))).utf8) }
        return Array(part(inOrder(names)).prefix(Self.queriesOfAKind))
    }

    /// Country codes, to be asked for as ranges of subdivisions' codes.
    var countries: [String] { Array(part(inOrder(source.subdivisions.map(\.country))).prefix(Self.queriesOfAKind)).map(text) }

    /// First letters of languages' codes.
    var letters: [UInt8] { part(inOrder(source.languages.map { [$0.bytes("alpha_3")[0]] })).map { $0[0] } }

    /// Types of subdivisions.
    var types: [String] { Array(part(inOrder(source.subdivisions.map { $0.bytes("type") })).prefix(Self.pagedTypes)).map(text) }

    /// The country, if any, whose subdivisions this process deletes.
    var droppedCountry: String? { countries.first }

    /// Records before, and the fields that are set in them.
    func updated(_ collection: Collection) -> [(record: Record, fields: Record)] {
        let records = records(collection)
        return stride(from: 0, to: records.count, by: Self.updateEvery).map { index in
            let letters = records[index].text("name").unicodeScalars.count
            return (records[index], ["letters": .integer(Int64(letters)), "process": .integer(Int64(process))])
        }
    }

    var extinct: [Record] { records(.languages).filter { $0.text("type") == "E" } }

    private func part<Element>(_ elements: [Element]) -> [Element] {
        stride(from: process, to: elements.count, by: processes).map { elements[$0] }
    }

    private func inOrder(_ texts: [[UInt8]]) -> [[UInt8]] { Set(texts).sorted { $0.lexicographicallyPrecedes($1) } }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
