import Glibc
import SluiceBackend
import SluiceProtocol

extension MongoConnection {
    /// Creates the collection and the indexes that are missing.
    /// - Returns: whether the key is kept unique.
    /// - Throws: `invalidInput` (reason `definitionConflict`) naming both indexes where one is another than the definition asks for.
    func makeReady(_ layout: MongoLayout, _ collection: MongoCollection, deadline: MonotonicTime) throws(SluiceError) -> Bool {
        do throws(MongoFailure) {
            try collection.command(BSONWriter.document { $0.string("create", collection.name) }, isWrite: true) { _ in }
        } catch {
            guard error.isNamespaceExists else { throw error.error(isWrite: true) }
        }
        let existing = try indexes(of: collection)
        var missing: [MongoIndex] = []
        var hasUniqueKey = true
        for index in layout.indexes {
            guard let there = existing.first(where: { $0.fields == index.fields }) else {
                missing.append(index)
                continue
            }
            if there.serves(index) { continue }
            // The origin's collections have a plain index on the key.
            guard index.isKey, !there.isUnique else { throw Self.conflict(index, there) }
            hasUniqueKey = false
        }
        try create(missing, collection, deadline: deadline)
        return hasUniqueKey
    }

    private static func conflict(_ asked: MongoIndex, _ stored: MongoIndex) -> SluiceError {
        SluiceError(
            .invalidInput,
            "the definition asks for \(asked.description), but the collection has \(stored.description), named '\(stored.name)'; "
                + "nothing was changed",
            details: [
                "reason": "definitionConflict", "key": "indexes", "stored": .string(stored.description),
                "asked": .string(asked.description),
            ])
    }

    private func indexes(of collection: MongoCollection) throws(SluiceError) -> [MongoIndex] {
        var indexes: [MongoIndex] = []
        do throws(MongoReadFailure) {
            try collection.forEachIndex { description throws(SluiceError) in
                if let index = try MongoIndex(description) { indexes.append(index) }
                return true
            }
        } catch {
            if case .mongo(let failure) = error, failure.isNamespaceNotFound { return [] }
            throw error.error(isWrite: false)
        }
        return indexes
    }

    /// All in one command, so that either all are there or none.
    private func create(_ indexes: [MongoIndex], _ collection: MongoCollection, deadline: MonotonicTime) throws(SluiceError) {
        guard !indexes.isEmpty else { return }
        for index in indexes where index.isUnique { try checkValues(of: index, collection) }
        let command = BSONWriter.document { writer in
            writer.string("createIndexes", collection.name)
            writer.list("indexes") { writer, number in for index in indexes { writer.document(number.next(), index.append) } }
        }
        do throws(MongoFailure) { try insist(on: command, collection, until: deadline) } catch {
            if error.isDuplicateKey {
                let names = indexes.filter(\.isUnique).map { $0.fields.joined(separator: ", ") }.joined(separator: "; ")
                throw SluiceError(
                    .alreadyExists, "the index on \(names) cannot be unique: records have the same values already. Nothing was changed",
                    details: ["reason": "collision", "fields": .string(names)])
            }
            if error.isIndexConflict {
                throw SluiceError(
                    .invalidInput, "the collection has another index of the same name or fields: \(error.message)",
                    details: ["reason": "definitionConflict", "key": "indexes"])
            }
            throw error.error(isWrite: true)
        }
    }

    /// Building may take longer than an answer to one command may. The server goes on meanwhile, and answers the same command once it is
    /// done.
    private func insist(on command: [UInt8], _ collection: MongoCollection, until deadline: MonotonicTime) throws(MongoFailure) {
        while true {
            do throws(MongoFailure) { return try collection.command(command, isWrite: true) { _ in } } catch {
                guard error.isLostConnection, MonotonicTime.now < deadline else { throw error }
                usleep(100_000)
            }
        }
    }

    /// - Throws: `invalidInput` when a record has a map or list in a field that must be unique.
    private func checkValues(of index: MongoIndex, _ collection: MongoCollection) throws(SluiceError) {
        let query = BSONWriter.document { writer in
            writer.list("$or") { writer, number in
                for field in index.fields {
                    writer.document(number.next()) { writer in
                        writer.document(field) { FilterCompiler.appendTypes([.document, .array], to: &$0) }
                    }
                }
            }
        }
        var isAny = false
        do throws(MongoReadFailure) {
            try collection.find(query, options: BSONWriter.document { $0.int64("limit", 1) }) { _ in
                isAny = true
                return false
            }
        } catch { throw error.error(isWrite: false) }
        guard !isAny else {
            throw .invalidInput(
                "'\(index.fields.joined(separator: ", "))' cannot be unique: a record has a map or a list there. Nothing was changed")
        }
    }
}
