import CMongoC
import SluiceProtocol

/// Where MongoDB is and how to speak to it: libmongoc's URI, made from the settings. Owned by the pool that is made from it.
final class MongoAddress {
    private let handle: OpaquePointer

    /// - Throws: `invalidInput` naming what is wrong, never with a password.
    init(_ settings: MongoSettings) throws(SluiceError) {
        MongoLibrary.prepare()
        var error = bson_error_t()
        let text = settings.host.contains("://") ? settings.host : "mongodb://\(settings.host)/"
        guard let handle = mongoc_uri_new_with_error(text, &error) else {
            throw .invalidInput("'host' is neither host:port, nor a list of them, nor a MongoDB URI that libmongoc understands")
        }
        self.handle = handle
        if let user = settings.user, !user.isEmpty {
            guard mongoc_uri_set_username(handle, user) else { throw .invalidInput("'user' is not UTF-8") }
        }
        if let password = settings.password, !password.isEmpty {
            guard mongoc_uri_set_password(handle, password) else { throw .invalidInput("'pass' is not UTF-8") }
        }
        guard mongoc_write_concern_is_acknowledged(mongoc_uri_get_write_concern(handle)) else {
            throw .invalidInput("'host' asks for writes that no server acknowledges (w=0), so Sluice could acknowledge none either")
        }
        setDefaults(connections: settings.connections)
    }

    deinit { mongoc_uri_destroy(handle) }

    private func setDefaults(connections: Int) {
        set(MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 2_000)
        set(MONGOC_URI_CONNECTTIMEOUTMS, 2_000)
        // A server that was given up for an error of its own is looked at again within the time that selecting one may take.
        set(MONGOC_URI_HEARTBEATFREQUENCYMS, 1_000)
        set(MONGOC_URI_SOCKETTIMEOUTMS, 10_000)
        set(MONGOC_URI_WAITQUEUETIMEOUTMS, 2_000)
        // One for each worker, for life.
        mongoc_uri_set_option_as_int32(handle, MONGOC_URI_MAXPOOLSIZE, Int32(connections))
        if !mongoc_uri_has_option(handle, MONGOC_URI_APPNAME) { mongoc_uri_set_appname(handle, "sluice") }
        guard !mongoc_uri_has_option(handle, MONGOC_URI_W) else { return }
        let concern = mongoc_write_concern_new()
        defer { mongoc_write_concern_destroy(concern) }
        mongoc_write_concern_set_wmajority(concern, mongoc_uri_get_option_as_int32(handle, MONGOC_URI_WTIMEOUTMS, 0))
        let isJournaled = mongoc_uri_get_option_as_bool(handle, MONGOC_URI_JOURNAL, true)
        mongoc_write_concern_set_journal(concern, isJournaled)
        mongoc_uri_set_write_concern(handle, concern)
    }

    private func set(_ option: String, _ milliseconds: Int32) {
        if !mongoc_uri_has_option(handle, option) { mongoc_uri_set_option_as_int32(handle, option, milliseconds) }
    }

    /// Calls with the URI.
    func withHandle<Result>(_ body: (OpaquePointer) -> Result) -> Result { body(handle) }
}
