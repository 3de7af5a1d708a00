import Glibc
import SluiceBackend
import SluiceProtocol

/// What the operation `stats` answers.
extension Router {
    var statistics: StructuredValue {
        var metrics = metrics
        metrics.connectionsAccepted = sessions.accepted
        metrics.connectionsRefused = sessions.refused
        metrics.faults = sessions.faults
        metrics.limitsReached.merge(sessions.limitsReached, uniquingKeysWith: +)
        for repository in registry.all { metrics.limitsReached.merge(repository.queue.limitsReached, uniquingKeysWith: +) }
        let uptime = (MonotonicTime.now.nanoseconds - started.nanoseconds) / 1_000_000_000
        let pools = registry.pools.map { pool in
            let usage = pool.usage
            return StructuredValue.map(
                [
                    .init("name", .string(pool.name)), .init("engine", .string(pool.backend.engine)),
                    .init("connections", .integer(Int64(usage.open))), .init("busy", .integer(Int64(usage.busy))),
                    .init("mostBusy", .integer(Int64(pool.mostBusy))),
                ] + pool.backend.statistics)
        }
        let queues = registry.all.filter { $0.queue.count > 0 }.map { StructuredValue.Entry($0.name, .integer(Int64($0.queue.count))) }
        return .map(
            [
                .init("uptimeSeconds", .integer(Int64(uptime))), .init("processId", .integer(Int64(getpid()))),
                .init("connections", .integer(Int64(sessions.count))), .init("repositories", .integer(Int64(registry.all.count))),
                .init("batching", .boolean(registry.isBatching)), .init("backends", .list(pools)), .init("queued", .map(queues)),
            ] + metrics.structured)
    }
}

extension Limits {
    /// The limits that the welcome announces (PROTOCOL.md section 4).
    var announced: StructuredValue {
        .map([
            "maxFrameBytes": .integer(Int64(maxFrameBytes)), "maxInFlight": .integer(Int64(maxInFlight)),
            "maxDepth": .integer(Int64(Self.maxDepth)),
            "maxFrameValues": .integer(Int64(maxFrameValues)), "maxRecordBytes": .integer(Int64(maxRecordBytes)),
            "maxPageSize": .integer(Int64(maxPageSize)), "maxConditions": .integer(Int64(Self.maxConditions)),
            "maxInOperands": .integer(Int64(Self.maxInOperands)), "maxTokenBytes": .integer(Int64(maxTokenBytes)),
            "defaultDeadlineMilliseconds": .integer(Int64(defaultDeadlineMilliseconds)),
            "maxDeadlineMilliseconds": .integer(Int64(maxDeadlineMilliseconds)),
        ])
    }
}
