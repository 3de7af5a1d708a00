import CCurl

/// libcurl's state of the whole process, made once and before the first handle, as curl_global_init(3) asks.
enum CurlLibrary {
    static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
