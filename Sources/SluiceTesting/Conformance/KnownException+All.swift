extension KnownException {
    /// All of them, in the one place where they stand. The page docs/engines.md lists them for people.
    public static let all: [KnownException] =
        ["secantusdb", "secantusdb-replica-set", "mongodb"].map { server in
            KnownException(
                server: server,
                conformanceCase: "create: a unique index on decimals compares their value, and never that of a number",
                failure: "alreadyExists",
                reason: "MongoDB itself compares numbers of all types by value, in unique indexes too "
                    + "(https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/): a decimal and a number of the same "
                    + "value collide.")
        }
}
