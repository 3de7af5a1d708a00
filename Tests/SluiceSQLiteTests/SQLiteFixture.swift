import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceSQLite

/// A fresh file with a connection that writes and one that reads, and a clock that tests set. Owned by one test.
final class SQLiteFixture {
    let folder = TemporaryFolder()
    let backend: SQLiteBackend
    let writing: SQLiteConnection
    let reading: SQLiteConnection
    let clock: FakeClock

    init(limits: Limits = Limits()) throws {
        let clock = FakeClock()
        self.clock = clock
        backend = SQLiteBackend(directory: folder.path, limits: limits, readers: 1, clock: { clock.now })
        try backend.prepare()
        writing = try #require(try backend.openConnection(.writes) as? SQLiteConnection)
        reading = try #require(try backend.openConnection(.reads) as? SQLiteConnection)
    }

    /// Defines a repository.
    func define(_ definition: StructuredValue) throws -> DefinedRepository {
        try writing.define(try RepositoryDefinition(definition), deadline: .distantFuture)
    }

    /// Runs operations of one batch.
    func run(
        _ operations: [RepositoryOperation], on repository: DefinedRepository, deadline: MonotonicTime = .distantFuture
    ) -> [Result<OperationResult, SluiceError>] {
        let connection = operations[0].isWrite ? writing : reading
        return connection.execute(operations.map { PendingOperation($0, deadline: deadline) }, on: repository)
    }

    /// How many records match.
    func count(_ conditions: [Condition] = [], on repository: DefinedRepository) throws -> Int {
        guard case .count(let count) = try run([.count(Filter(conditions))], on: repository)[0].get() else { throw NotACount() }
        return count
    }

    /// What a statement answers, as text, row by row.
    func rows(_ sql: String, _ values: [SQLiteValue] = [], column: Int = 0) throws -> [String] {
        var rows: [String] = []
        try writing.database.withStatement(sql) { statement throws(SluiceError) in
            statement.bind(values)
            while try statement.step() { rows.append(statement.string(at: column)) }
        }
        return rows
    }

    struct NotACount: Error {}
}

extension Document {
    /// A record from a field and its scalar for each pair.
    static func record(_ fields: KeyValuePairs<String, Scalar>) -> Document {
        var writer = MessagePackWriter()
        writer.mapHead(fields.count)
        for (name, value) in fields {
            writer.string(name)
            value.write(to: &writer)
        }
        return Document(trusted: writer.bytes[...])
    }
}

extension Scalar {
    /// A string.
    static func text(_ text: String) -> Scalar { .string(ArraySlice(text.utf8)) }
}

extension Condition {
    /// A condition on a field.
    static func on(_ path: String, _ test: Test) -> Condition { Condition(try! FieldPath(path), test) }
}

extension SortField {
    /// `field` ascending, `-field` descending.
    static func by(_ text: String) -> SortField {
        text.hasPrefix("-") ? SortField(try! FieldPath(String(text.dropFirst())), isDescending: true) : SortField(try! FieldPath(text))
    }
}
