import CCrypto

/// SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), by libcrypto.
enum SHA256 {
    /// Bytes of a digest.
    static let byteCount = 32

    /// The digest of the bytes.
    static func digest(_ bytes: some Collection<UInt8>) -> [UInt8] {
        filled { digest in
            withContiguous(bytes) { EVP_Digest($0.baseAddress, $0.count, digest, nil, EVP_sha256(), nil) == 1 }
        }
    }

    /// The authentication code of the text under the key.
    static func authenticate(_ text: some Collection<UInt8>, key: [UInt8]) -> [UInt8] {
        filled { code in
            withContiguous(text) { HMAC(EVP_sha256(), key, Int32(key.count), $0.baseAddress, $0.count, code, nil) != nil }
        }
    }

    /// Bytes as lowercase hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func filled(_ fill: (UnsafeMutablePointer<UInt8>) -> Bool) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            // Both fail only without memory or without SHA-256.
            precondition(fill(buffer.baseAddress!), "libcrypto has no SHA-256")
            count = byteCount
        }
    }

    private static func withContiguous<Result>(_ bytes: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withContiguousStorageIfAvailable(body) ?? Array(bytes).withUnsafeBufferPointer(body)
    }
}
