extension KnownException {
    /// All of them, in the one place where they stand. The page docs/engines.md lists them for people.
    public static let all: [KnownException] = []
}
