import SluiceBackend
import SluiceProtocol

/// The connections of one backend and which are idle. A worker gets its next job only from here.
/// Owned by the router, touched on the loop only.
final class ConnectionPool {
    /// What one worker is doing.
    enum WorkerState {
        /// Its connection is not open yet, or not now.
        case opening
        /// It waits for a job.
        case idle
        /// It has a job.
        case busy
        /// Its thread has ended.
        case stopped
    }

    /// The configured name.
    let name: String
    let backend: any Backend
    /// Why the last connection could not be opened, while none is open.
    private(set) var openError: SluiceError?
    /// Why the last connection could not be opened, until one is.
    private var lastFailure: SluiceError?
    /// Repositories with work.
    var turns = RepositoryTurns()
    /// Connections that worked at the same time, at most.
    private(set) var mostBusy = 0
    private var workers: [PoolWorker] = []
    private var states: [WorkerState] = []
    private var assignments: [Assignment?] = []

    init(name: String, backend: any Backend) {
        self.name = name
        self.backend = backend
    }

    /// Starts a worker for each connection.
    func start(store: DefinitionStore, report: @escaping @Sendable (_ worker: Int, PoolWorker.Report) -> Void) {
        for (index, role) in backend.connectionRoles.enumerated() {
            let worker = PoolWorker(index: index, role: role, backend: backend, store: store) { report(index, $0) }
            workers.append(worker)
            states.append(.opening)
            assignments.append(nil)
            worker.start()
        }
    }

    /// An idle worker for such work, whichever comes first.
    func idleWorker(isWrite: Bool) -> Int? {
        workers.indices.first { states[$0] == .idle && workers[$0].role.admits(isWrite: isWrite) }
    }

    /// Whether any worker waits for a job.
    var hasIdleWorker: Bool { states.contains(.idle) }

    /// Gives an idle worker a job.
    /// - Parameter assignment: what `workerFreed` answers when it is done.
    func assign(_ job: PoolWorker.Job, to worker: Int, as assignment: Assignment) {
        precondition(states[worker] == .idle, "a worker gets a job only while it is idle")
        states[worker] = .busy
        assignments[worker] = assignment
        mostBusy = max(mostBusy, usage.busy)
        workers[worker].assign(job)
    }

    /// A worker is free for the next job.
    /// - Returns: what it was busy with.
    @discardableResult
    func workerFreed(_ worker: Int) -> Assignment? {
        states[worker] = .idle
        openError = nil
        return assignments[worker].take()
    }

    /// A worker could not open its connection and will try again.
    /// - Returns: whether that is news: the others and its own next attempts fail alike.
    func workerOpenFailed(_ worker: Int, _ error: SluiceError) -> Bool {
        defer { lastFailure = error }
        if !states.contains(where: { $0 == .idle || $0 == .busy }) { openError = error }
        return lastFailure != error
    }

    /// A worker has opened its connection.
    /// - Returns: whether that is news: that failed before.
    func workerOpened(_ worker: Int) -> Bool {
        defer { lastFailure = nil }
        workerFreed(worker)
        return lastFailure != nil
    }

    func workerStopped(_ worker: Int) { states[worker] = .stopped }

    /// Tells workers that are not busy to end.
    func stopIdleWorkers() {
        for index in workers.indices where states[index] == .idle || states[index] == .opening {
            states[index] = .stopped
            workers[index].assign(.stop)
        }
    }

    /// Connections that are open, and how many of them work now.
    var usage: (open: Int, busy: Int) { (states.count { $0 == .idle || $0 == .busy }, states.count { $0 == .busy }) }
}
