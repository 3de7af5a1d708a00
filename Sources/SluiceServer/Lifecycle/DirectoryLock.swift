import Glibc

/// Holds the state directory for one daemon (flock(2)): two on one would overwrite each other's definitions.
/// Let go when the process ends, however it ends.
final class DirectoryLock {
    private let descriptor: Int32

    /// - Throws: `StartError` naming the daemon that holds it.
    init(directory: String) throws(StartError) {
        let path = directory + "/sluice.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StartError("\(SystemError("open", path))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: 32)
            let count = max(0, pread(descriptor, &text, text.count, 0))
            let owner = String(decoding: text[..<count].prefix { (0x30...0x39).contains($0) }, as: UTF8.self)
            throw StartError(
                "already running, pid \(owner.isEmpty ? "unknown" : owner): a daemon uses the state directory \(directory)",
                .alreadyRunning)
        }
        let owner = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, owner, owner.count, 0)
    }

    deinit { close(descriptor) }
}
