/// The parts of an HTTP request that AWS's signature covers, and their canonical form.
struct SignableRequest: Sendable {
    let method: String
    /// The path in canonical form, each segment percent-encoded. DynamoDB knows no other than `/`.
    var path = "/"
    /// The query in canonical form, sorted and percent-encoded.
    var query = ""
    /// All headers to be signed, `host` and `x-amz-date` among them.
    let headers: [HTTPHeader]
    let body: [UInt8]

    /// The request as the signature sees it, and the names of its headers
    /// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, "Create a canonical request").
    var canonical: (text: String, signedHeaders: String) {
        var values: [String: [String]] = [:]
        for header in headers { values[header.name.lowercased(), default: []].append(Self.singleSpaced(header.value)) }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let lines = names.map { "\($0):\(values[$0]!.joined(separator: ","))\n" }.joined()
        let signedHeaders = names.joined(separator: ";")
        let digest = SHA256.hexadecimal(SHA256.digest(body))
        return ("\(method)\n\(path)\n\(query)\n\(lines)\n\(signedHeaders)\n\(digest)", signedHeaders)
    }

    /// Without white space around it, and each run of white space one space.
    private static func singleSpaced(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
