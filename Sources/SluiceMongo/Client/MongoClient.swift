import CMongoC

/// One client of the pool and its connection to each server. Owned by the one thread that took it.
final class MongoClient {
    private let handle: OpaquePointer
    private let pool: MongoPool

    init(_ handle: OpaquePointer, of pool: MongoPool) {
        self.handle = handle
        self.pool = pool
    }

    deinit { pool.giveBack(handle) }

    /// Calls with the client.
    func withHandle<Result>(_ body: (OpaquePointer) -> Result) -> Result { body(handle) }

    /// Calls with a collection, which costs no round trip.
    func withCollection<Result, Failure: Error>(
        _ database: String, _ name: String, _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let collection = mongoc_client_get_collection(handle, database, name)!
        defer { mongoc_collection_destroy(collection) }
        return try body(collection)
    }
}
