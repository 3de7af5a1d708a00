import SluiceBackend
import SluiceProtocol

/// The results of a batch of writes and the transaction that they hang on: none is true before its COMMIT. A value; one for each batch.
struct WriteBatch {
    /// One for each operation so far.
    private(set) var results: [Result<OperationResult, SluiceError>] = []
    /// Whether the transaction was lost, so that the rest must come again.
    private(set) var isBroken = false
    private let database: SQLiteDatabase
    /// Results from here on hang on the open transaction.
    private var firstPending = 0
    private var isOpen = false

    /// Nothing yet.
    init(_ database: SQLiteDatabase) { self.database = database }

    /// Opens the transaction unless it is.
    /// - Throws: `unavailable` when another process holds the file.
    mutating func begin() throws(SluiceError) {
        guard !isOpen else { return }
        // IMMEDIATE takes the write lock at once: later it could be refused in the midst of the batch.
        do throws(SluiceError) { try database.run("BEGIN IMMEDIATE") } catch {
            isBroken = true
            throw error
        }
        isOpen = true
        firstPending = results.count
    }

    /// Takes an operation's result.
    mutating func add(_ result: Result<OperationResult, SluiceError>) {
        results.append(result)
        guard isOpen, !database.isInTransaction else { return }
        // A full disk or the like: SQLite has rolled all of it back by itself.
        isOpen = false
        isBroken = true
        guard case .failure(let error) = result else { preconditionFailure("a statement that succeeds ends no transaction") }
        failPending(error)
    }

    /// What was added last hangs on no transaction.
    mutating func settle() { firstPending = results.count }

    /// Makes all results true, or failed.
    mutating func commit() {
        guard isOpen else { return }
        isOpen = false
        do throws(SluiceError) { try database.commit() } catch {
            isBroken = true
            failPending(error)
        }
        firstPending = results.count
    }

    private mutating func failPending(_ error: SluiceError) {
        for index in firstPending..<results.count { if case .success = results[index] { results[index] = .failure(error) } }
    }
}

extension SQLiteDatabase {
    /// Runs a kept statement without values and rows.
    func run(_ sql: String) throws(SluiceError) {
        try withStatement(sql) { statement throws(SluiceError) in _ = try statement.step() }
    }

    /// Ends the transaction: it is on disk, or undone.
    /// - Throws: with the outcome unknown, since what was written of it may be found whole when the file is next opened.
    func commit() throws(SluiceError) {
        do throws(SluiceError) { try run("COMMIT") } catch {
            if isInTransaction { try? run("ROLLBACK") }
            var uncertain = error
            uncertain.isOutcomeKnown = false
            throw uncertain
        }
    }
}
