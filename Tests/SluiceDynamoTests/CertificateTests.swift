import SluiceTesting
import Testing

@testable import SluiceDynamo

/// Who is trusted over TLS.
@Suite struct CertificateTests {
    @Test func onlyATrustedCertificateOfThatHostIsTaken() async throws {
        let folder = TemporaryFolder()
        let pair = try await blocking {
            try SelfSignedCertificate(name: "localhost", alternative: "DNS:localhost", folder: folder.path)
        }
        let server = try await ServerProcess.started { port in
            ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", pair.certificate, "-key", pair.key, "-www", "-quiet"]
        }
        func ask(_ host: String, trusting certificates: String?) async throws -> Result<HTTPReply, HTTPFailure> {
            let request = HTTPTransportTests.request("https://\(host):\(server.port)/")
            return try await blocking { HTTPTransport(HTTPSettings(certificates: certificates)).perform(request) }
        }
        #expect(try await ask("localhost", trusting: pair.certificate).get().status == 200)
        for (host, certificates) in [("localhost", nil), ("127.0.0.1", pair.certificate)] {
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
}
