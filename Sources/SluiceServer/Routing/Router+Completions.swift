import Logging
import SluiceBackend
import SluiceProtocol

/// From the workers back to the sessions.
extension Router {
    /// Takes a worker's report.
    func receive(_ report: PoolWorker.Report, pool: ConnectionPool, worker: Int) {
        switch report {
        case .opened:
            if pool.workerOpened(worker) { logger.notice("connections can be opened again", metadata: ["backend": "\(pool.name)"]) }
        case .openFailed(let error): openFailed(error, pool, worker)
        case .stopped: pool.workerStopped(worker)
        case .batch(let results):
            guard case .batch(let batch)? = pool.workerFreed(worker) else { preconditionFailure("no batch was given") }
            complete(batch, results)
        case .defined(let result):
            guard case .define(let request, let repository, let started)? = pool.workerFreed(worker) else {
                preconditionFailure("no definition was given")
            }
            repository.use.add(MonotonicTime.now.nanoseconds - started.nanoseconds)
            complete(request, result, repository)
        case .swept(let result):
            guard case .sweep(let repository)? = pool.workerFreed(worker) else { preconditionFailure("no sweep was given") }
            complete(sweepOf: repository, result)
        }
        if isLeaving, !hasRequestsInFlight { pool.stopIdleWorkers() }
    }

    private func openFailed(_ error: SluiceError, _ pool: ConnectionPool, _ worker: Int) {
        // It is said once, not at each attempt of each worker.
        let level: Logger.Level = pool.workerOpenFailed(worker, error) ? .warning : .debug
        logger.log(level: level, "a connection cannot be opened", metadata: ["backend": "\(pool.name)", "error": "\(error)"])
        guard let error = pool.openError else { return }
        for repository in registry.all where repository.pool === pool { fail(everythingIn: repository, error) }
    }

    /// Answers all that waits for a repository with one error.
    private func fail(everythingIn repository: Repository, _ error: SluiceError) {
        for request in repository.queue.takeAll() {
            finish(request, error.located(repository: repository.name, operation: request.kind.name))
        }
    }

    private func complete(_ batch: Assignment.StartedBatch, _ results: [Result<OperationResult, SluiceError>]) {
        let (requests, repository) = (batch.requests, batch.repository)
        let took = MonotonicTime.now.nanoseconds - batch.started.nanoseconds
        repository.use.end(isWrite: batch.isWrite, charge: batch.charge, took: took)
        precondition(
            !results.isEmpty && results.count <= requests.count, "an engine must answer at least one of the operations it was given")
        for (request, result) in zip(requests, results) where request.state == .started {
            switch result {
            case .success(let value): succeed(request, value)
            case .failure(let error): finish(request, error.located(repository: repository.name, operation: request.kind.name))
            }
        }
        repository.queue.putBack(requests[results.count...].filter { $0.state == .started })
        if batch.isWrite { metrics.writes.add(results.count) } else { metrics.reads.add(results.count) }
        if repository.hasWork { schedule(repository) }
    }

    private func succeed(_ request: PendingRequest, _ result: OperationResult) {
        if case .page(let page) = result { return succeed(request, page) }
        settle(request)
        sessions.send(request.session) { writer in
            switch result {
            case .record(let document): ReplyEncoder.value(id: request.id, document.bytes, to: &writer)
            case .done: ReplyEncoder.null(id: request.id, to: &writer)
            case .count(let count): ReplyEncoder.integer(id: request.id, count, to: &writer)
            case .explanation(let explanation):
                let engine = request.repository.pool.backend.engine
                ReplyEncoder.value(id: request.id, explanation.structured(engine: engine).messagePack, to: &writer)
            case .outcomes, .page: break
            }
        }
        if case .outcomes(let outcomes) = result { send(outcomes, of: request) }
    }

    /// One page of records: the last, or one after which the walk goes on as soon as the client has read.
    private func succeed(_ request: PendingRequest, _ page: RecordPage) {
        guard case .getAll(var query) = request.operation else { preconditionFailure("only getAll is answered with a page") }
        let wanted = query.pageSize ?? query.limit
        let isComplete = page.next == nil || wanted.map { page.count >= $0 } ?? false
        if isComplete {
            let token = query.pageSize == nil ? nil : page.next.map { self.token($0, request, query) }
            if let token, token.utf8.count > limits.maxTokenBytes {
                let message =
                    "\(request.kind.name) on repository '\(request.repository.name)': the ordered values make too long a page token"
                return finish(request, .tooLarge(message, limit: "maxTokenBytes", value: limits.maxTokenBytes))
            }
            guard page.bytes.count + (token?.utf8.count ?? 0) + ReplyEncoder.maxEnvelopeBytes <= limits.maxFrameBytes else {
                let message =
                    "\(request.kind.name) on repository '\(request.repository.name)': record and page token need more than one frame"
                return finish(request, .tooLarge(message, limit: "maxFrameBytes", value: limits.maxFrameBytes))
            }
            settle(request)
            return send(page, of: request, token: token, hasMore: false)
        }
        guard request.session.understands("parts") else {
            return finish(
                request,
                .tooLarge(
                    "\(request.kind.name) on repository '\(request.repository.name)': the result needs more than one frame; use pages",
                    limit: "resultPartBytes", value: limits.resultPartBytes))
        }
        query.after = page.next
        query.offset = 0
        query.limit = query.limit.map { $0 - page.count }
        query.pageSize = query.pageSize.map { $0 - page.count }
        request.operation = .getAll(query)
        send(page, of: request, token: nil, hasMore: true)
        // Not before what is on its way has left the bound: no engine reads ahead of a slow client.
        enqueue(request)
    }

    /// A page in frames of `resultPartBytes`; whole for a client that does not know parts.
    private func send(_ page: RecordPage, of request: PendingRequest, token: String?, hasMore: Bool) {
        var rest = page.bytes[...]
        var count = page.count
        while request.session.understands("parts"), let part = RecordPage.part(of: rest, bytes: limits.resultPartBytes) {
            sessions.send(request.session) { writer in
                ReplyEncoder.list(
                    id: request.id, count: part.count, elements: rest[..<part.end], token: nil, hasMore: true, to: &writer)
            }
            rest = rest[part.end...]
            count -= part.count
        }
        sessions.send(request.session) { writer in
            ReplyEncoder.list(id: request.id, count: count, elements: rest, token: token, hasMore: hasMore, to: &writer)
        }
    }

    private func token(_ position: PageToken, _ request: PendingRequest, _ query: RecordQuery) -> String {
        let digest = PageToken.digest(repository: request.repository.name, filter: query.filter, order: query.order)
        return PageToken(digest: digest, keys: position.keys, id: position.id).text
    }

    /// The outcomes of a `saveMany`, in as many parts as they need.
    private func send(_ outcomes: [Result<Document, SluiceError>], of request: PendingRequest) {
        var writer = MessagePackWriter()
        var count = 0
        for (index, outcome) in outcomes.enumerated() {
            writer.mapHead(1)
            switch outcome {
            case .success(let document):
                writer.integer(1)
                writer.raw(document.bytes)
            case .failure(let error):
                metrics.add(error)
                writer.integer(2)
                error.located(repository: request.repository.name, operation: request.kind.name).write(to: &writer)
            }
            count += 1
            let isLast = index == outcomes.count - 1
            guard isLast || writer.bytes.count >= limits.resultPartBytes else { continue }
            sessions.send(request.session) { frame in
                ReplyEncoder.list(id: request.id, count: count, elements: writer.bytes, token: nil, hasMore: !isLast, to: &frame)
            }
            writer.bytes.removeAll(keepingCapacity: true)
            count = 0
        }
    }

    private func complete(_ request: PendingRequest?, _ result: Result<DefinedRepository, SluiceError>, _ repository: Repository) {
        repository.isDefining = false
        switch result {
        case .success(let ready):
            repository.ready = ready
            repository.definition = ready.definition
            if let request, request.state == .started {
                settle(request)
                sessions.send(request.session) { ReplyEncoder.value(id: request.id, repository.structured.messagePack, to: &$0) }
            }
            if ready.definition.timeToLive != nil { nextSweep = min(nextSweep, .now) }
        case .failure(let error):
            if let request {
                if request.state == .started { finish(request, error.located(repository: repository.name, operation: request.kind.name)) }
            } else {
                fail(everythingIn: repository, error)
            }
            registry.forgetIfUndefined(repository)
        }
        // A stored definition that failed is tried again for somebody who asks, not for itself.
        if repository.queue.hasWork { schedule(repository) }
    }

    private func complete(sweepOf repository: Repository, _ result: Result<Int, SluiceError>) {
        repository.isSweeping = false
        switch result {
        case .success(let count):
            metrics.expiredRecordsDeleted += count
            // More may be there: the next look need not wait.
            if count > 0 {
                repository.lastSweep = MonotonicTime(nanoseconds: 0)
                nextSweep = .now
            }
        case .failure(let error):
            logger.warning("expired records cannot be deleted", metadata: ["repository": "\(repository.name)", "error": "\(error)"])
        }
    }
}
