import CMongoC
import SluiceProtocol

/// libmongoc's pool of clients: one watches the servers for all of them. Shared by all threads, which libmongoc allows; each client
/// belongs to
/// one. Owned by the backend and by each client, so that it outlives them.
///
/// `@unchecked Sendable`: "mongoc_client_pool_t is thread-safe" (mongoc_client_pool_t(3)), and the pointer never changes.
final class MongoPool: @unchecked Sendable {
    private let handle: OpaquePointer

    /// - Throws: `invalidInput` for settings of which libmongoc can make no pool.
    init(_ settings: MongoSettings) throws(SluiceError) {
        let address = try MongoAddress(settings)
        var error = bson_error_t()
        guard let handle = address.withHandle({ mongoc_client_pool_new_with_error($0, &error) }) else {
            throw .invalidInput("'host' cannot be used: \(MongoFailure(error).message)")
        }
        // In version 1 codes of the server and of the driver collide.
        mongoc_client_pool_set_error_api(handle, MONGOC_ERROR_API_VERSION_2)
        self.handle = handle
    }

    deinit { mongoc_client_pool_destroy(handle) }

    /// A client, for as long as its worker lives.
    /// - Throws: `unavailable` when more are asked for than there are.
    func client() throws(SluiceError) -> MongoClient {
        guard let client = mongoc_client_pool_pop(handle) else {
            throw SluiceError(.unavailable, "all connections to MongoDB are taken")
        }
        return MongoClient(client, of: self)
    }

    /// Takes a client back.
    func giveBack(_ client: OpaquePointer) { mongoc_client_pool_push(handle, client) }
}
