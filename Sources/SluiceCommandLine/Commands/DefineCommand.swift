import ArgumentParser
import Glibc
import SluiceClient

/// `sluice define`: makes a repository, or adds indexes to one.
struct DefineCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "define",
        abstract: "Define a repository, or add indexes to one.",
        discussion: """
            Definitions only add: the same again changes nothing, a new index is made, a different key is refused.

              sluice define users                                  the simplest: records with an 'id' that Sluice chooses
              sluice define users --index role --unique email      an index, and one that allows no value twice
              sluice define users --index last,first               one index over two fields
              sluice define places --hash-key code                 records are told apart by 'code'
              sluice define readings --hash-key sensor --range-key at --range-key-type N
              sluice define sessions --ttl 3600 --ttl-attribute createdAt
              sluice define users users.json                       the whole definition from a file; '-' is standard input
              sluice define users '{"name":"users","indexes":["email"],"GSI":{"email":{}}}'

            A definition given as JSON is sent as it is; its keys are those of PROTOCOL.md section 9.
            """)

    @Argument(help: "The name by which operations address it.")
    var repository: String

    @Argument(help: ArgumentHelp("The definition: a JSON file, '-', or JSON itself.", valueName: "definition"))
    var definition: String?

    @Option(help: ArgumentHelp("The collection or table; the repository's name unless given.", valueName: "collection"))
    var name: String?

    @Option(help: ArgumentHelp("An index on a field, or on several with commas between. May be repeated.", valueName: "fields"))
    var index: [String] = []

    @Option(help: ArgumentHelp("An index that allows no value twice. May be repeated.", valueName: "fields"))
    var unique: [String] = []

    @Option(help: ArgumentHelp("An attribute that can be looked up fast on every engine. May be repeated.", valueName: "attribute"))
    var gsi: [String] = []

    @Flag(help: "The caller owns 'id'.")
    var customID = false

    @Option(help: ArgumentHelp("The field that tells records apart; 'id' unless given.", valueName: "field"))
    var hashKey: String?

    @Option(help: ArgumentHelp("S text, N number, B bytes.", valueName: "S|N|B"))
    var hashKeyType: String?

    @Option(help: ArgumentHelp("The second field of the key.", valueName: "field"))
    var rangeKey: String?

    @Option(help: ArgumentHelp("S text, N number, B bytes.", valueName: "S|N|B"))
    var rangeKeyType: String?

    @Option(help: ArgumentHelp("Records expire so many seconds after they were created.", valueName: "seconds"))
    var ttl: Int64?

    @Option(help: ArgumentHelp("The field that holds the time of creation.", valueName: "field"))
    var ttlAttribute: String?

    @Option(help: ArgumentHelp("DynamoDB's read units.", valueName: "n"))
    var readCapacity: Int64?

    @Option(help: ArgumentHelp("DynamoDB's write units.", valueName: "n"))
    var writeCapacity: Int64?

    @Option(help: ArgumentHelp("Which configured backend keeps it.", valueName: "name"))
    var backend: String?

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if definition != nil, flags.count > 0 { throw ValidationError("a definition comes as JSON or as flags, not both") }
        if (ttl == nil) != (ttlAttribute == nil) { throw ValidationError("--ttl and --ttl-attribute belong together") }
    }

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        let whole: StructuredValue = try definition.map(Self.read) ?? .map([.init("name", .string(name ?? repository))] + flags)
        guard let described = try await client.defineRepository(repository, whole).description else { return }
        if shared.json { return try output.json(described.structured) }
        for notice in described.notices { StandardError.note(notice) }
        try output.pairs(
            [
                ("repository", described.repository), ("backend", described.backend),
                ("kept in", described.definition["name"]?.string ?? ""), ("key", described.key),
                ("indexes", described.indexes.joined(separator: ", ")),
                ("cannot", described.capabilities.filter { !$0.value }.map(\.key).sorted().joined(separator: ", ")),
            ].filter { !$0.1.isEmpty }.map { ($0.0, Cell(DisplayText.safe($0.1))) })
    }

    /// What the flags say, but for `--name`, which has a default.
    private var flags: [StructuredValue.Entry] {
        var entries: [StructuredValue.Entry] = []
        func add(_ key: String, _ value: StructuredValue?) { if let value { entries.append(.init(key, value)) } }
        let indexes = index.map { Self.index($0, isUnique: false) } + unique.map { Self.index($0, isUnique: true) }
        add("indexes", indexes.isEmpty ? nil : .list(indexes))
        add("GSI", gsi.isEmpty ? nil : .map(gsi.map { .init($0, [:]) }))
        add("customId", customID ? true : nil)
        add("hashKey", hashKey.map { .string($0) })
        add("hashKeyType", hashKeyType.map { .string($0) })
        add("rangeKey", rangeKey.map { .string($0) })
        add("rangeKeyType", rangeKeyType.map { .string($0) })
        add("enableTtl", ttl == nil ? nil : true)
        add("ttl", ttl.map { .integer($0) })
        add("ttlAttribute", ttlAttribute.map { .string($0) })
        add("readCapacity", readCapacity.map { .integer($0) })
        add("writeCapacity", writeCapacity.map { .integer($0) })
        add("backend", backend.map { .string($0) })
        if definition != nil { add("name", name.map { .string($0) }) }
        return entries
    }

    private static func index(_ fields: String, isUnique: Bool) -> StructuredValue {
        let names = fields.split(separator: ",", omittingEmptySubsequences: false).map { StructuredValue.string(String($0)) }
        if names.count == 1, !isUnique { return names[0] }
        return .map([.init("fields", .list(names))] + (isUnique ? [.init("unique", true)] : []))
    }

    /// A definition from JSON itself, a file or standard input.
    private static func read(_ source: String) throws(SluiceError) -> StructuredValue {
        let json = source.hasPrefix("{") ? Array(source.utf8) : try InputFile.contents(of: source)
        var writer = MessagePackWriter()
        try json[...].withBytes { bytes throws(SluiceError) in try ExtendedJSON.messagePack(fromJSON: bytes, appendTo: &writer) }
        return try writer.bytes[...].withBytes { bytes throws(SluiceError) in
            var reader = MessagePackReader(bytes)
            return try StructuredValue(&reader)
        }
    }
}
