/// What a query asks: tests of fields, all of which must hold, and further clauses. A value; the compiler builds one for each question.
///
/// Tests of different fields stand beside each other, where every planner finds them; only a second test of one field goes into `$and`.
struct QueryClauses {
    /// Writes a field's test: operators and their values.
    typealias Test = (inout BSONWriter) -> Void

    private var tests: [(name: String, test: Test)] = []
    private var others: [Test] = []

    init() {}

    /// One test.
    init(_ name: String, _ test: @escaping Test) { add(name, test) }

    /// Adds a test of a field.
    mutating func add(_ name: String, _ test: @escaping Test) {
        // Names are a few, and equal only byte for byte.
        if tests.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            others.append { $0.document(name, test) }
        } else {
            tests.append((name, test))
        }
    }

    /// Adds all of another's.
    mutating func add(_ clauses: QueryClauses) {
        for (name, test) in clauses.tests { add(name, test) }
        others += clauses.others
    }

    /// Adds that one of several holds.
    mutating func add(anyOf alternatives: [QueryClauses]) {
        if alternatives.count == 1 { return add(alternatives[0]) }
        others.append { $0.list("$or", of: alternatives) }
    }

    /// Adds that none of several holds.
    mutating func add(noneOf alternatives: [QueryClauses]) { others.append { $0.list("$nor", of: alternatives) } }

    /// The elements of the query's document.
    func append(to writer: inout BSONWriter) {
        for (name, test) in tests { writer.document(name, test) }
        guard !others.isEmpty else { return }
        writer.list("$and") { writer, index in for other in others { writer.document(index.next(), other) } }
    }

    /// The query.
    var document: [UInt8] { BSONWriter.document { append(to: &$0) } }
}

extension BSONWriter {
    fileprivate mutating func list(_ name: String, of queries: [QueryClauses]) {
        list(name) { writer, index in for query in queries { writer.document(index.next(), query.append) } }
    }
}
