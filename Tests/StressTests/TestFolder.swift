import Foundation
import Glibc

/// A folder of a test's own, with a path short enough for sockets in it. Removed with its last reference.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/sluice-stress-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
