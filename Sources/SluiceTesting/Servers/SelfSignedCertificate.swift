import Glibc

/// A certificate that has signed itself, with its key, as the files that servers take. `openssl` makes it, as a user would.
public struct SelfSignedCertificate: Sendable {
    /// The certificate's file, PEM.
    public let certificate: String
    /// The key's file, PEM, without a password.
    public let key: String

    /// Makes both files in a folder that is there. Blocks until they are written.
    /// - Parameters:
    ///   - name: the common name.
    ///   - alternative: the subject's alternative name, such as `DNS:localhost` or `IP:127.0.0.1`.
    /// - Throws: `TestServerFailure` when openssl is not there or refuses.
    public init(name: String, alternative: String, folder: String) throws {
        (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
        let command = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            "/CN=\(name)", "-addext", "subjectAltName=\(alternative)", "-keyout", key, "-out", certificate,
        ]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var argv = command.map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var child = pid_t()
        let failure = posix_spawnp(&child, command[0], &actions, nil, &argv, environ)
        guard failure == 0 else { throw TestServerFailure("openssl: \(String(cString: strerror(failure)))") }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { guard errno == EINTR else { break } }
        guard status == 0 else { throw TestServerFailure("openssl makes no certificate") }
    }
}
