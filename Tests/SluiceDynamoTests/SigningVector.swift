import Foundation
import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// One request of AWS's test suite for signatures, with each step of signing it.
struct SigningVector: CustomTestStringConvertible {
    let name: String
    let region: String
    let service: String
    let time: Timestamp
    let credentials: AWSCredentials
    let request: SignableRequest
    let canonicalRequest: String
    let stringToSign: String
    let signature: String
    /// The header `authorization` as it goes out.
    let authorization: String

    var testDescription: String { name }

    static func all() throws -> [SigningVector] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("SigningVectors/v4")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .map { try SigningVector(folder.appendingPathComponent($0)) }
    }

    private init(_ folder: URL) throws {
        func text(_ file: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        }
        let context = try JSONDecoder().decode(Context.self, from: Data(text("context.json").utf8))
        name = folder.lastPathComponent
        region = context.region
        service = context.service
        time = try #require(Timestamp(text: context.timestamp))
        credentials = AWSCredentials(
            accessKeyID: context.credentials.access_key_id, secretAccessKey: context.credentials.secret_access_key,
            sessionToken: context.credentials.token)
        canonicalRequest = try text("header-canonical-request.txt")
        stringToSign = try text("header-string-to-sign.txt")
        signature = try text("header-signature.txt")
        let signed = try text("header-signed-request.txt").split(separator: "\n")
        authorization = String(try #require(signed.first { $0.hasPrefix("Authorization:") }).dropFirst("Authorization:".count))
        request = Self.request(try text("request.txt"), canonical: canonicalRequest, context, at: time)
    }

    /// The request with what signing adds to its headers. Path and query are taken in their canonical form from the vector, since
    /// DynamoDB's are always `/` and empty.
    private static func request(_ text: String, canonical: String, _ context: Context, at time: Timestamp) -> SignableRequest {
        let canonicalLines = canonical.split(separator: "\n", omittingEmptySubsequences: false)
        let parts = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let body = parts.count > 1 ? Array(parts[1].utf8) : []
        var headers: [HTTPHeader] = []
        for line in parts[0].split(separator: "\n").dropFirst() {
            if line.hasPrefix(" "), let folded = headers.popLast() {
                headers.append(HTTPHeader(folded.name, folded.value + line))
            } else {
                let colon = line.firstIndex(of: ":")!
                headers.append(HTTPHeader(String(line[..<colon]), String(line[line.index(after: colon)...])))
            }
        }
        headers.append(HTTPHeader("X-Amz-Date", SignatureV4.text(time)))
        if let token = context.credentials.token, context.omit_session_token != true {
            headers.append(HTTPHeader("X-Amz-Security-Token", token))
        }
        if context.sign_body { headers.append(HTTPHeader("x-amz-content-sha256", SHA256.hexadecimal(SHA256.digest(body)))) }
        return SignableRequest(
            method: String(canonicalLines[0]), path: String(canonicalLines[1]), query: String(canonicalLines[2]), headers: headers,
            body: body)
    }

    /// `context.json`, in AWS's own names.
    private struct Context: Decodable {
        struct Credentials: Decodable {
            let access_key_id: String
            let secret_access_key: String
            let token: String?
        }
        let credentials: Credentials
        let region: String
        let service: String
        let timestamp: String
        let sign_body: Bool
        let omit_session_token: Bool?
    }
}
