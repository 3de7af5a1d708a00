/// What each target may import, from the ground up: an arrow only points to what stands higher in this list (ARCHITECTURE.md, "Targets").
/// A new target has its line here.
enum Layers {
    /// Modules of the system and of packages, and Sluice's own.
    static let sources: KeyValuePairs<Substring, Set<Substring>> = [
        "CBench": ["CCrypto", "CCurl", "CLibPQ", "CMongoC", "CSQLite"],
        "SluiceProtocol": [],
        "SluiceBackend": ["Glibc", "Synchronization", "SluiceProtocol"],
        "SluiceSQLite": ["CSQLite", "Glibc", "Synchronization", "SluiceBackend", "SluiceProtocol"],
        "SluiceMongo": ["CMongoC", "Glibc", "Synchronization", "SluiceBackend", "SluiceProtocol"],
        "SluiceDynamo": ["CCrypto", "CCurl", "Glibc", "Synchronization", "SluiceBackend", "SluiceProtocol"],
        "SluiceNull": ["SluiceBackend", "SluiceProtocol"],
        "SluiceServer": ["CEpoll", "DequeModule", "Dispatch", "Glibc", "Logging", "Synchronization", "SluiceBackend", "SluiceProtocol"],
        "SluiceClient": ["FoundationEssentials", "Glibc", "Synchronization", "SluiceProtocol"],
        "SluiceCommandLine": [
            "ArgumentParser", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "SluiceClient",
            "SluiceProtocol",
        ],
        "SluiceTesting": ["Dispatch", "FoundationEssentials", "Glibc", "Synchronization", "SluiceBackend", "SluiceProtocol"],
        "sluiced": [
            "ArgumentParser", "Glibc", "Logging", "SluiceDynamo", "SluiceMongo", "SluiceNull", "SluiceProtocol", "SluiceSQLite",
            "SluiceServer",
        ],
        "sluice": ["SluiceClient", "SluiceCommandLine", "SluiceProtocol"],
        "sluice-stress": ["ArgumentParser", "CBench", "CSQLite", "FoundationEssentials", "Glibc"],
        "sluice-fuzz": ["ArgumentParser", "CFuzz", "CMsgPack", "Foundation", "Glibc", "SluiceProtocol"],
        "sluice-demo-worker": ["ArgumentParser", "FoundationEssentials", "Glibc", "SluiceClient"],
    ]

    /// Tests take from the system what they like; these are the modules of C and of Sluice.
    static let tests: KeyValuePairs<Substring, Set<Substring>> = [
        "SluiceProtocolTests": ["CMsgPack", "SluiceProtocol", "SluiceTesting"],
        "SluiceBackendTests": ["SluiceBackend", "SluiceProtocol", "SluiceTesting"],
        "SluiceSQLiteTests": ["CSQLite", "SluiceBackend", "SluiceProtocol", "SluiceSQLite", "SluiceTesting"],
        "SluiceMongoTests": ["CMongoC", "SluiceBackend", "SluiceMongo", "SluiceProtocol", "SluiceTesting"],
        "SluiceDynamoTests": ["SluiceBackend", "SluiceDynamo", "SluiceProtocol", "SluiceTesting"],
        "SluiceTestingTests": ["SluiceBackend", "SluiceProtocol", "SluiceTesting"],
        "SluiceServerTests": ["CEpoll", "SluiceBackend", "SluiceProtocol", "SluiceServer", "SluiceTesting"],
        "SluiceClientTests": ["SluiceClient", "SluiceProtocol", "SluiceTesting"],
        "SluiceCommandLineTests": ["SluiceClient", "SluiceCommandLine", "SluiceProtocol", "SluiceTesting"],
        "DaemonTests": ["SluiceClient", "SluiceProtocol", "SluiceTesting"],
        "StressTests": ["CBench", "SluiceClient", "SluiceDynamo", "SluiceProtocol", "SluiceTesting"],
        "SourceTidyTests": [],
    ]

    /// Whether the module is Sluice's own or a module map of C.
    static func isOurs(_ module: Substring) -> Bool {
        module.hasPrefix("Sluice") || (module.first == "C" && module.dropFirst().first?.isUppercase == true)
    }

    /// What the target may import; nil for one without a line.
    static func permitted(_ target: Substring) -> Set<Substring>? {
        (Array(sources) + Array(tests)).first { $0.key == target }?.value
    }
}
