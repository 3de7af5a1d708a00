import CMongoC
import SluiceProtocol

/// The commands of one collection over one client. A value for one batch, on the client's thread. Every method throws `MongoFailure`.
struct MongoCollection {
    let client: MongoClient
    let database: String
    let name: String
    /// What is read for a write must be what the write will meet: it comes from the primary, whatever the configuration prefers.
    let readsPrimary: Bool

    /// Calls `body` with each document that a query finds, until it answers false.
    /// - Parameters:
    ///   - options: `sort`, `limit`, `maxTimeMS` …
    ///   - bytes: how many are wanted, so that no more than need be are sent; nil: all.
    func find(
        _ query: [UInt8], options: [UInt8], bytes: Int? = nil, _ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Bool
    ) throws(MongoReadFailure) {
        try client.withCollection(database, name) { collection throws(MongoReadFailure) in
            // The cursor copies both.
            let cursor = withBSON(query) { query in
                withBSON(options) { options in
                    withReadPreference { mongoc_collection_find_with_opts(collection, query, options, $0) }
                }
            }
            // Before its client goes.
            defer { mongoc_cursor_destroy(cursor) }
            try Self.forEach(cursor!, bytes, body)
        }
    }

    /// Lends the preference; nil is the configuration's.
    private func withReadPreference<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
        guard readsPrimary else { return body(nil) }
        let preference = mongoc_read_prefs_new(MONGOC_READ_PRIMARY)
        defer { mongoc_read_prefs_destroy(preference) }
        return body(preference)
    }

    private static func forEach(
        _ cursor: OpaquePointer, _ wanted: Int?, _ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Bool
    ) throws(MongoReadFailure) {
        var document: OpaquePointer?
        var (count, size) = (0, 0)
        while mongoc_cursor_next(cursor, &document) {
            count += 1
            size += Int(sluice_bson_length(document))
            // The server fills 16 MB otherwise; by the records so far it is told how many are still wanted.
            if let wanted { mongoc_cursor_set_batch_size(cursor, UInt32(clamping: max(1, (wanted - size) * count / size + 2))) }
            do throws(SluiceError) {
                if try !body(bytes(ofBSON: document!)) { return }
            } catch {
                throw .reader(error)
            }
        }
        // "Applications should check mongoc_cursor_error() after this returns false" (mongoc_cursor_next).
        var error = bson_error_t()
        if mongoc_cursor_error(cursor, &error) { throw .mongo(MongoFailure(error)) }
    }

    /// Calls `body` with the description of each index.
    func forEachIndex(_ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Bool) throws(MongoReadFailure) {
        try client.withCollection(database, name) { collection throws(MongoReadFailure) in
            let cursor = mongoc_collection_find_indexes_with_opts(collection, nil)
            defer { mongoc_cursor_destroy(cursor) }
            try Self.forEach(cursor!, nil, body)
        }
    }

    /// How many documents a query finds.
    func count(_ query: [UInt8], options: [UInt8]) throws(MongoFailure) -> Int {
        try client.withCollection(database, name) { collection throws(MongoFailure) in
            var error = bson_error_t()
            let count = withBSON(query) { query in
                withBSON(options) { options in mongoc_collection_count_documents(collection, query, options, nil, nil, &error) }
            }
            guard count >= 0 else { throw MongoFailure(error) }
            return Int(count)
        }
    }

    /// What a `findAndModify` does with the document that it finds.
    enum Modification {
        /// Changes it by operators, or puts another document in its place.
        case update([UInt8])
        /// Deletes it.
        case remove
    }

    /// Changes one document that a query finds, in one round trip.
    /// - Returns: what `body` makes of the document as it is now (or was, when deleted); nil when none was found.
    func findAndModify<Value>(
        _ query: [UInt8], _ modification: Modification, maxTimeMilliseconds: UInt32,
        _ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Value
    ) throws(MongoReadFailure) -> Value? {
        let options = mongoc_find_and_modify_opts_new()!
        defer { mongoc_find_and_modify_opts_destroy(options) }
        switch modification {
        case .update(let update):
            withBSON(update) { _ = mongoc_find_and_modify_opts_set_update(options, $0) }
            mongoc_find_and_modify_opts_set_flags(options, MONGOC_FIND_AND_MODIFY_RETURN_NEW)
        case .remove: mongoc_find_and_modify_opts_set_flags(options, MONGOC_FIND_AND_MODIFY_REMOVE)
        }
        if maxTimeMilliseconds > 0 { sluice_set_max_time_milliseconds(options, maxTimeMilliseconds) }
        return try client.withCollection(database, name) { collection throws(MongoReadFailure) in
            var error = bson_error_t()
            var isDone = false
            return try withReply { reply in
                isDone = withBSON(query) { mongoc_collection_find_and_modify_with_opts(collection, $0, options, reply, &error) }
            } _: { reply throws(MongoReadFailure) in
                guard isDone else { throw .mongo(MongoFailure(error, reply)) }
                do throws(SluiceError) {
                    guard let value = try reply.element("value"), value.type == .document else { return nil }
                    return try body(value.value)
                } catch { throw .reader(error) }
            }
        }
    }

    /// Inserts documents in one round trip, each for itself.
    /// - Returns: what failed, by the document's number.
    /// - Throws: what failed for all, or for an unknown number of them.
    func insert(_ documents: [[UInt8]], maxTimeMilliseconds: UInt32) throws(MongoFailure) -> [Int: MongoFailure] {
        let options = BSONWriter.document { writer in
            writer.boolean("ordered", false)
            // Sluice's own validation has been; libbson's would refuse empty names.
            writer.boolean("validate", false)
            if maxTimeMilliseconds > 0 { writer.int64("maxTimeMS", Int64(maxTimeMilliseconds)) }
        }
        return try client.withCollection(database, name) { collection throws(MongoFailure) in
            var error = bson_error_t()
            var isDone = false
            return try withReply { reply in
                isDone = withBSON(options) { options in
                    withBSONs(documents) { mongoc_collection_insert_many(collection, $0, documents.count, options, reply, &error) }
                }
            } _: { reply throws(MongoFailure) in
                guard !isDone else { return [:] }
                var failures = reply.writeErrors
                // Otherwise the whole of it failed, or some did in another way than one by one.
                guard !failures.isEmpty, failures.count + reply.count("insertedCount") == documents.count else {
                    throw MongoFailure(error, reply)
                }
                // libmongoc's own error is about the write errors alone (mongoc-write-command.c, _mongoc_write_result_complete).
                if (try? reply.element("writeConcernErrors")) ?? nil != nil {
                    for number in documents.indices where failures[number] == nil { failures[number] = .unconfirmed }
                }
                return failures
            }
        }
    }

    /// Deletes one document that a query finds, or all.
    /// - Returns: how many.
    func delete(_ query: [UInt8], all: Bool, maxTimeMilliseconds: UInt32) throws(MongoFailure) -> Int {
        let options = BSONWriter.document { writer in
            if maxTimeMilliseconds > 0 { writer.int64("maxTimeMS", Int64(maxTimeMilliseconds)) }
        }
        return try client.withCollection(database, name) { collection throws(MongoFailure) in
            var error = bson_error_t()
            var isDone = false
            return try withReply { reply in
                isDone = withBSON(query) { query in
                    withBSON(options) { options in
                        all
                            ? mongoc_collection_delete_many(collection, query, options, reply, &error)
                            : mongoc_collection_delete_one(collection, query, options, reply, &error)
                    }
                }
            } _: { reply throws(MongoFailure) in
                guard isDone else { throw MongoFailure(error, reply) }
                return reply.count("deletedCount")
            }
        }
    }

    /// Runs a command on the database.
    func command<Value>(
        _ command: [UInt8], isWrite: Bool, _ body: (UnsafeRawBufferPointer) -> Value
    ) throws(MongoFailure) -> Value {
        var error = bson_error_t()
        var isDone = false
        return try withReply { reply in
            isDone = withBSON(command) { command in
                client.withHandle { handle in
                    isWrite
                        ? mongoc_client_write_command_with_opts(handle, database, command, nil, reply, &error)
                        : mongoc_client_read_command_with_opts(handle, database, command, nil, nil, reply, &error)
                }
            }
        } _: { reply throws(MongoFailure) in
            guard isDone else { throw MongoFailure(error, reply) }
            return body(reply)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// An element of a document, by its name.
    func element(_ name: String) throws(SluiceError) -> BSONCursor.Element? {
        var cursor = try BSONCursor(self)
        while let element = try cursor.next() {
            if element.name.elementsEqual(name.utf8) { return element }
        }
        return nil
    }

    /// A number of a reply; 0 when it is not there.
    fileprivate func count(_ name: String) -> Int { Int(((try? element(name)) ?? nil)?.integer ?? 0) }

    /// What an error is called beside its code.
    var errorLabels: [String] {
        guard let list = (try? element("errorLabels")) ?? nil, list.type == .array, var cursor = try? BSONCursor(list.value) else {
            return []
        }
        var labels: [String] = []
        while let label = (try? cursor.next()) ?? nil, label.type == .string, let text = try? label.text() {
            labels.append(String(decoding: text, as: UTF8.self))
        }
        return labels
    }

    /// The fields that `keyPattern` names in an error about a unique index.
    var keyPattern: [String] {
        guard let pattern = (try? element("keyPattern")) ?? nil, pattern.type == .document, var cursor = try? BSONCursor(pattern.value)
        else { return [] }
        var fields: [String] = []
        while let field = (try? cursor.next()) ?? nil { fields.append(String(decoding: field.name, as: UTF8.self)) }
        return fields
    }

    /// The `writeErrors` of a bulk's reply, by the number of the document.
    fileprivate var writeErrors: [Int: MongoFailure] {
        var failures: [Int: MongoFailure] = [:]
        guard let list = (try? element("writeErrors")) ?? nil, list.type == .array, var cursor = try? BSONCursor(list.value) else {
            return failures
        }
        while let each = (try? cursor.next()) ?? nil, each.type == .document {
            guard let index = ((try? each.value.element("index")) ?? nil)?.integer,
                let code = ((try? each.value.element("code")) ?? nil)?.integer
            else { continue }
            let message = ((try? each.value.element("errmsg")) ?? nil).flatMap { try? $0.text() }
            var failure = MongoFailure(
                serverCode: UInt32(truncatingIfNeeded: code), message.map { String(decoding: $0, as: UTF8.self) } ?? "")
            failure.fields = each.value.keyPattern
            failures[Int(index)] = failure
        }
        return failures
    }
}
