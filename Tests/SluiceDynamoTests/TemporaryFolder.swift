import Foundation
import Glibc

/// A folder of a test's own, with a path short enough for sockets in it. Removed with its last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Unexpected("mkdtemp: \(String(cString: strerror(errno)))") }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static func + (folder: TemporaryFolder, name: String) -> String { folder.path + name }

    /// Writes a file.
    /// - Returns: its path.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }
}
