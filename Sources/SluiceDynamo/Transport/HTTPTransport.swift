import CCurl
import SluiceBackend

/// HTTP/1.1 by libcurl: several requests at once, each on a connection of its own that is kept for the next. Owned by one thread.
final class HTTPTransport {
    /// An answer or its lack, with the request's tag.
    typealias Ending = (tag: Int, result: Result<HTTPReply, HTTPFailure>)

    private let multi: UnsafeMutableRawPointer
    private var idle: [HTTPTransfer]
    private var busy: [HTTPTransfer] = []

    init(_ settings: HTTPSettings) {
        precondition(CurlLibrary.isReady, "libcurl does not start")
        guard let multi = curl_multi_init() else { preconditionFailure("no memory for a multi handle of libcurl") }
        self.multi = multi
        idle = (0..<settings.maxInFlight).map { _ in HTTPTransfer(settings) }
        check(sluice_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maxInFlight))
    }

    deinit {
        // curl_multi_cleanup(3): the easy handles leave first.
        for transfer in busy { _ = transfer.withHandle { curl_multi_remove_handle(multi, $0) } }
        curl_multi_cleanup(multi)
    }

    /// Whether another request can start now.
    var hasRoom: Bool { !idle.isEmpty }

    /// Whether some request has not ended.
    var isBusy: Bool { !busy.isEmpty }

    /// Starts a request; there must be room. `advance` moves it on.
    func start(_ request: HTTPRequest, tag: Int) {
        let transfer = idle.removeLast()
        transfer.prepare(request, tag: tag)
        busy.append(transfer)
        check(transfer.withHandle { curl_multi_add_handle(multi, $0) })
    }

    /// Moves all requests on until one ends or the time comes.
    /// - Returns: those that ended; empty when the time came first.
    func advance(until time: MonotonicTime) -> [Ending] {
        while true {
            var running: Int32 = 0
            check(curl_multi_perform(multi, &running))
            let endings = takeEndings()
            let now = MonotonicTime.now
            guard endings.isEmpty, now < time else { return endings }
            check(curl_multi_poll(multi, nil, 0, Int32(min(1_000, now.milliseconds(until: time))), nil))
        }
    }

    /// One request from start to end.
    func perform(_ request: HTTPRequest) -> Result<HTTPReply, HTTPFailure> {
        precondition(!isBusy, "one request at a time")
        start(request, tag: 0)
        return advance(until: .distantFuture)[0].result
    }

    private func takeEndings() -> [Ending] {
        var endings: [Ending] = []
        var waiting: Int32 = 0
        while let message = curl_multi_info_read(multi, &waiting) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            // The message goes with the handle (curl_multi_info_read(3)), so its code is read first.
            let code = message.pointee.data.result
            let index = busy.firstIndex { $0.withHandle { $0 == handle } }!
            let transfer = busy.remove(at: index)
            check(curl_multi_remove_handle(multi, handle))
            endings.append((transfer.tag, transfer.end(code)))
            idle.append(transfer)
        }
        return endings
    }

    /// What fails for one transfer is that transfer's; these fail only without memory.
    private func check(_ code: CURLMcode) { precondition(code == CURLM_OK, "libcurl has no memory left") }
}
