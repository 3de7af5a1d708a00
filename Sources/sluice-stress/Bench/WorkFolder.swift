import CBench
import FoundationEssentials
import Glibc

/// The folder that a benchmark works in, fresh and private. Owned by `BenchCommand`, and gone with it.
final class WorkFolder {
    let path: String

    /// - Parameter parent: an existing folder.
    /// - Throws: `StressFailure` when nothing can be made there.
    init(in parent: String) throws {
        var template = Array("\(parent)/sluice-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw StressFailure.systemCall(.cannotWrite, "a folder in \(parent)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove(path) }

    func subfolder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        guard mkdir(folder, 0o700) == 0 else { throw StressFailure.systemCall(.cannotWrite, folder) }
        return folder
    }

    /// Removes a folder with all that is in it. What cannot be removed stays: the measurement does not depend on it.
    func remove(_ folder: String) { try? FileManager.default.removeItem(atPath: folder) }

    /// - Throws: `StressFailure` when what is written here is kept in memory only: an fsync there costs nothing and means nothing.
    func requireDisk() throws {
        switch bench_is_memory_filesystem(path) {
        case 0: return
        case 1:
            throw StressFailure(
                .unsuitableFolder, "\(path) is kept in memory, where durable writes mean nothing; give a folder on a disk with --directory")
        default: throw StressFailure.systemCall(.cannotWrite, "statfs \(path)")
        }
    }
}
