import CMongoC

/// libmongoc as a whole: it must be initialised once, before anything else of it is called (mongoc_init), and it must not write to standard
/// error by itself.
enum MongoLibrary {
    private static let isReady: Bool = {
        mongoc_init()
        mongoc_log_set_handler(nil, nil)
        return true
    }()

    /// Initialises it unless that has been done.
    static func prepare() { precondition(isReady) }
}
