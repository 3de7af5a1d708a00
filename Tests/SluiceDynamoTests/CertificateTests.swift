import Foundation
import Testing

@testable import SluiceDynamo

/// Who is trusted over TLS.
@Suite struct CertificateTests {
    @Test func onlyATrustedCertificateOfThatHostIsTaken() async throws {
        let folder = try TemporaryFolder()
        let (certificate, key) = ("\(folder.path)/certificate.pem", "\(folder.path)/key.pem")
        try await Self.make(certificate: certificate, key: key)
        let server = try await ServerProcess.started { port in
            ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key, "-www", "-quiet"]
        }
        func ask(_ host: String, trusting certificates: String?) async throws -> Result<HTTPReply, HTTPFailure> {
            let request = HTTPTransportTests.request("https://\(host):\(server.port)/")
            return try await blocking { HTTPTransport(HTTPSettings(certificates: certificates)).perform(request) }
        }
        #expect(try await ask("localhost", trusting: certificate).get().status == 200)
        for (host, certificates) in [("localhost", nil), ("127.0.0.1", certificate)] {
            guard case .failure(let failure) = try await ask(host, trusting: certificates) else {
                throw Unexpected("trust in \(host)")
            }
            #expect(failure.isFinal && !failure.wasSent)
        }
        guard case .failure(let failure) = try await ask("localhost", trusting: folder.path + "/none.pem") else {
            throw Unexpected("trust without certificates")
        }
        #expect(failure.isFinal && !failure.wasSent)
    }

    /// A certificate of `localhost` that has signed itself.
    private static func make(certificate: String, key: String) async throws {
        try await blocking {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Unexpected("openssl makes no certificate") }
        }
    }
}
