import SluiceClient

extension DemoWorker {
    /// By code, by prefix pattern, by range, in order with pages.
    func query() async throws {
        try await readByCode()
        try await matchPrefixes()
        try await matchRanges()
        try await walkPages()
    }

    private func readByCode() async throws {
        for collection in Collection.allCases {
            let repository = repository(collection)
            let records = share.records(collection)
            for index in stride(from: 0, to: records.count, by: Share.readEvery) {
                let filter = try Filter.match(collection.key, records[index].text(collection.key))
                compare(try await timed { try await repository.getOne(filter) }, records[index], collection)
            }
        }
    }

    private func matchPrefixes() async throws {
        let languages = repository(.languages)
        for prefix in share.prefixes {
            let percent = UInt8(ascii: "%")
            let pattern = String(decoding: prefix.flatMap { $0 == percent ? [percent, percent] : [$0] } + [percent], as: UTF8.self)
            let filter = try Filter().like("name", pattern)
            let expected = share.source.languages.filter { $0.bytes("name").starts(with: prefix) }
            compareAll(try await timed { try await languages.getAll(filter) }, expected, .languages)
            expect(try await timed { try await languages.count(filter) }, expected.count, "count of names like \(pattern)")
        }
    }

    private func matchRanges() async throws {
        let subdivisions = repository(.subdivisions)
        for country in share.countries {
            let filter = try codes(of: country)
            let expected = share.source.subdivisions.filter { $0.country == Array(country.utf8) }
            compareAll(try await timed { try await subdivisions.getAll(filter) }, expected, .subdivisions)
        }
    }

    /// In an order that leaves nothing open, so that there is one right sequence.
    private func walkPages() async throws {
        for letter in share.letters {
            let bounds = [letter, letter + 1].map { String(UnicodeScalar($0)) }
            let filter = try Filter().gte("alpha_3", bounds[0]).lt("alpha_3", bounds[1])
            let expected = share.source.languages.filter { $0.bytes("alpha_3").first == letter }
            try await walk(.languages, filter, [("scope", false), ("name", true), ("alpha_3", false)], expected)
        }
        for type in share.types {
            let filter = try Filter.match("type", type)
            let expected = share.source.subdivisions.filter { $0.bytes("type") == Array(type.utf8) }
            // Most subdivisions have no parent: what is missing comes first.
            try await walk(.subdivisions, filter, [("parent", false), ("name", false), ("code", true)], expected)
        }
    }

    private func walk(
        _ collection: Collection, _ filter: Filter, _ order: [(field: String, isDescending: Bool)], _ expected: [Record]
    ) async throws {
        let repository = repository(collection)
        let fields = try order.map { try $0.isDescending ? SortField.descending($0.field) : SortField.ascending($0.field) }
        var found: [Record] = []
        var token: String?
        repeat {
            let page: Page<Record> = try await timed {
                try await repository.getPage(filter, order: fields, pageSize: Share.pageSize, token: token)
            }
            found += page.records
            token = page.next
        } while token != nil && found.count <= expected.count
        expect(found.count, expected.count, "\(collection): records in a walk")
        for (found, wanted) in zip(found, expected.sorted { $0.precedes($1, order) }) { compare(found, wanted, collection) }
    }

    /// The same records, in whatever order.
    private func compareAll(_ found: [Record], _ expected: [Record], _ collection: Collection) {
        expect(found.count, expected.count, "\(collection): records that match")
        let byCode: [(field: String, isDescending: Bool)] = [(collection.key, false)]
        for (found, wanted) in zip(found.sorted { $0.precedes($1, byCode) }, expected.sorted { $0.precedes($1, byCode) }) {
            compare(found, wanted, collection)
        }
    }
}
