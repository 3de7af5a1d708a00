/// How a client behaves; the standard ones suit most programs.
public struct ClientOptions: Sendable {
    /// Says in the daemon's logs who this is; the program's name unless given. At most 128 bytes are kept.
    public var name: String
    /// How long a daemon may take to greet.
    public var timeout: Duration
    /// How long a request may take, all its attempts together, unless the call says otherwise.
    public var deadline: Duration
    /// How long a definition may take: creating tables and indexes is slow on some engines.
    public var defineDeadline: Duration
    /// How much longer than the deadline the client waits for the daemon's own word on a request that was sent.
    public var grace: Duration
    /// Waits between connections, and before a refused request is sent again.
    public var backoff: Backoff

    /// The standard options.
    public init(
        name: String? = nil, timeout: Duration = .seconds(5), deadline: Duration = .seconds(30), defineDeadline: Duration = .seconds(120),
        grace: Duration = .milliseconds(500), backoff: Backoff = Backoff()
    ) {
        self.name = name ?? CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "swift"
        self.timeout = timeout
        self.deadline = deadline
        self.defineDeadline = defineDeadline
        self.grace = grace
        self.backoff = backoff
    }
}
