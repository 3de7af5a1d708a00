import FoundationEssentials
import Glibc

/// A folder of a test's own, with a path short enough for sockets in it. Removed with its last reference.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: String

    /// An empty one. A machine that has no place for it can run no test.
    public init() {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("mkdtemp: \(String(cString: strerror(errno)))") }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of what has this name in it; the name begins with a slash.
    public static func + (folder: TemporaryFolder, name: String) -> String { folder.path + name }

    /// Writes a file.
    /// - Returns: its path.
    public func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }
}
