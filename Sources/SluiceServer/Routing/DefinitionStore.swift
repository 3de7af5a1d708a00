import Glibc
import SluiceProtocol
import Synchronization

/// The definitions in the state directory, one readable JSON file that is replaced whole (write, fsync, rename(2), fsync of the folder).
/// Shared by the workers that define; the lock is held while the file is written, since two at once would undo each other.
final class DefinitionStore: Sendable {
    private let path: String
    private let directory: String
    private let stored: Mutex<[ExactText: RepositoryDefinition]>

    /// Reads the file, if there is one.
    /// - Throws: `backendError` when it cannot be read or is not what this type writes.
    init(directory: String) throws(SluiceError) {
        self.directory = directory
        path = directory + "/definitions.json"
        stored = Mutex(try Self.load(path))
    }

    /// What is stored, by repository.
    var definitions: [ExactText: RepositoryDefinition] { stored.withLock { $0 } }

    /// Stores a repository's definition; the same again writes nothing.
    /// - Throws: `backendError` naming the file.
    func save(_ definition: RepositoryDefinition, name: String) throws(SluiceError) {
        let failure: SystemError? = stored.withLock { stored in
            guard stored[ExactText(name)] != definition else { return nil }
            var changed = stored
            changed[ExactText(name)] = definition
            do throws(SystemError) {
                try write(changed)
                stored = changed
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw SluiceError(.backendError, "the definition cannot be kept: \(failure)") }
    }

    private static func load(_ path: String) throws(SluiceError) -> [ExactText: RepositoryDefinition] {
        guard let text = try read(path) else { return [:] }
        var writer = MessagePackWriter()
        do throws(SluiceError) {
            try text[...].withBytes { bytes throws(SluiceError) in try ExtendedJSON.messagePack(fromJSON: bytes, appendTo: &writer) }
            let tree = try writer.bytes[...].withBytes { bytes throws(SluiceError) in
                var reader = MessagePackReader(bytes)
                return try StructuredValue(&reader)
            }
            guard case .map(let entries) = tree else { throw SluiceError.invalidInput("it is not an object") }
            var definitions: [ExactText: RepositoryDefinition] = [:]
            for entry in entries { definitions[ExactText(entry.key)] = try RepositoryDefinition(entry.value) }
            return definitions
        } catch {
            throw SluiceError(.backendError, "\(path) cannot be understood: \(error.message)")
        }
    }

    private static func read(_ path: String) throws(SluiceError) -> [UInt8]? {
        do throws(SystemError) { return try FileContents.read(path) } catch {
            throw SluiceError(.backendError, "\(error)")
        }
    }

    private func write(_ definitions: [ExactText: RepositoryDefinition]) throws(SystemError) {
        let tree = StructuredValue.map(definitions.sorted { $0.key.text < $1.key.text }.map { .init($0.key.text, $0.value.structured) })
        try FileContents.replace(path, in: directory, with: tree.jsonBytes)
    }
}

extension StructuredValue {
    /// The value as one line of JSON.
    var jsonBytes: [UInt8] {
        let bytes = messagePack
        var text: [UInt8] = []
        bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text)
        }
        return text
    }
}
