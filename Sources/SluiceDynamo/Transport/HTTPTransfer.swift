import CCurl
import SluiceProtocol

/// One easy handle of libcurl, used for one request after another. Owned by its `HTTPTransport`.
final class HTTPTransfer {
    private let handle: UnsafeMutableRawPointer
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private let maxReplyBytes: Int
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var timesSent = 0
    private var exceedsBound = false
    /// Which of the caller's requests it carries.
    private(set) var tag = 0

    init(_ settings: HTTPSettings) {
        guard let handle = curl_easy_init() else { preconditionFailure("no memory for a handle of libcurl") }
        self.handle = handle
        maxReplyBytes = settings.maxReplyBytes
        set(CURLOPT_NOSIGNAL, 1)
        // The answer to a signed request is the answer; what it would redirect to has not been signed for.
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        if !settings.usesProxy { set(CURLOPT_PROXY, "") }
        if let certificates = settings.certificates { set(CURLOPT_CAINFO, certificates) }
        check(sluice_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
        let owner = Unmanaged.passUnretained(self).toOpaque()
        check(sluice_curl_set_write(handle, { HTTPTransfer.from($3).receive($0, $1 * $2) }, owner))
        check(sluice_curl_set_before_request(handle, { owner, _, _, _, _ in HTTPTransfer.from(owner).beforeSending() }, owner))
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
        errorText.deallocate()
    }

    /// Calls `body` with the handle, which must not be kept.
    func withHandle<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result { body(handle) }

    /// Readies the handle for a request.
    func prepare(_ request: HTTPRequest, tag: Int) {
        self.tag = tag
        body = []
        timesSent = 0
        exceedsBound = false
        errorText.pointee = 0
        set(CURLOPT_URL, request.url)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.connectMilliseconds))
        set(CURLOPT_TIMEOUT_MS, max(1, request.timeoutMilliseconds))
        prepare(request.headers)
        prepare(request.body)
        set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func prepare(_ bytes: [UInt8]?) {
        guard let bytes else { return set(CURLOPT_HTTPGET, 1) }
        set(CURLOPT_POST, 1)
        // The length comes first, or libcurl would look for a NUL (CURLOPT_COPYPOSTFIELDS(3)).
        set(CURLOPT_POSTFIELDSIZE, bytes.count)
        guard !bytes.isEmpty else { return set(CURLOPT_COPYPOSTFIELDS, "") }
        bytes.withUnsafeBytes {
            check(sluice_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress)))
        }
    }

    private func prepare(_ lines: [HTTPHeader]) {
        curl_slist_free_all(headers)
        headers = nil
        for line in lines { headers = curl_slist_append(headers, "\(line.name): \(line.value)") }
        // Without a value, the header is not sent: a server would be waited for before the body goes out.
        headers = curl_slist_append(headers, "Expect:")
        check(sluice_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
    }

    /// What came of the request.
    func end(_ code: CURLcode) -> Result<HTTPReply, HTTPFailure> {
        defer {
            body = []
            // libcurl would keep its copy until the next request.
            check(sluice_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, nil))
        }
        if code == CURLE_OK, !saysWhereItEnds {
            return .failure(HTTPFailure(message: "the answer ended within its headers", wasSent: true))
        }
        if code == CURLE_OK {
            let retryAfter = header("x-amz-retry-after").flatMap { Int($0) }
            return .success(
                HTTPReply(
                    status: long(CURLINFO_RESPONSE_CODE), body: body, date: date, retryAfterMilliseconds: retryAfter,
                    requestID: header("x-amzn-requestid")))
        }
        let message = exceedsBound ? "the answer is longer than \(maxReplyBytes) bytes" : text(of: code)
        let isFinal = exceedsBound || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE
        return .failure(
            HTTPFailure(
                message: message, wasSent: timesSent > 1 || long(CURLINFO_REQUEST_SIZE) > 0, timedOut: code == CURLE_OPERATION_TIMEDOUT,
                isFinal: isFinal))
    }

    /// Whether the answer has a length, or comes in pieces of which the last is marked; in HTTP/1.0 the connection's end may be its own.
    /// When a connection ends within the headers, libcurl takes what there was for an answer without a body.
    private var saysWhereItEnds: Bool {
        if long(CURLINFO_HTTP_VERSION) == Int(CURL_HTTP_VERSION_1_0) { return true }
        return header("content-length") != nil || header("transfer-encoding") != nil
    }

    private func text(of code: CURLcode) -> String {
        if code == CURLE_ABORTED_BY_CALLBACK { return "the connection was closed before an answer" }
        return String(cString: errorText.pointee == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText))
    }

    private var date: Timestamp? {
        guard let text = header("date") else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Timestamp(milliseconds: Int64(seconds) * 1000)
    }

    private func header(_ name: String) -> String? {
        var found: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(handle, name, 0, UInt32(CURLH_HEADER), -1, &found) == CURLHE_OK, let found else { return nil }
        return String(cString: found.pointee.value)
    }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        check(sluice_curl_get_long(handle, info, &value))
        return value
    }

    /// libcurl sends a request again by itself when a kept connection closes before a byte of the answer, although the server may have
    /// acted on the first. Whether to send again is `RetryPolicy`'s to say, so the second time ends the transfer.
    private func beforeSending() -> Int32 {
        timesSent += 1
        return timesSent == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard count <= maxReplyBytes - body.count else {
            exceedsBound = true
            return 0
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private static func from(_ owner: UnsafeMutableRawPointer?) -> HTTPTransfer {
        Unmanaged<HTTPTransfer>.fromOpaque(owner!).takeUnretainedValue()
    }

    private func set(_ option: CURLoption, _ value: Int) { check(sluice_curl_set_long(handle, option, value)) }

    private func set(_ option: CURLoption, _ value: String) { check(sluice_curl_set_text(handle, option, value)) }

    /// Options fail only without memory, or in a libcurl without them.
    private func check(_ code: CURLcode) { precondition(code == CURLE_OK, "libcurl refuses an option") }
}
