// swift-tools-version: 6.0
import PackageDescription

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")

// Exclusive access is checked at run time in every debug build, and so in every test; released it would be a third of what a ping costs.
let checkedInTests: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluiced", targets: ["sluiced"]),
        .executable(name: "sluice", targets: ["sluice"]),
        .executable(name: "sluice-stress", targets: ["sluice-stress"]),
        .executable(name: "sluice-demo-worker", targets: ["sluice-demo-worker"]),
        .library(name: "SluiceClient", targets: ["SluiceClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // C at home: each module map or shim says why it exists.
        .target(name: "CEpoll"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CMsgPack", pkgConfig: "msgpack", providers: [.apt(["libmsgpack-dev"])]),
        .systemLibrary(name: "CMongoC", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "CBench", dependencies: ["CMongoC", "CCurl", "CCrypto", "CSQLite", "CLibPQ"]),
        .target(name: "CFuzz"),
        .executableTarget(name: "listener-holder"),

        // From the ground up: an arrow only ever points up this list.
        .target(name: "SluiceProtocol"),
        .target(name: "SluiceBackend", dependencies: ["SluiceProtocol"]),
        .target(name: "SluiceSQLite", dependencies: ["SluiceBackend", "SluiceProtocol", "CSQLite"]),
        .target(name: "SluiceMongo", dependencies: ["SluiceBackend", "SluiceProtocol", "CMongoC"]),
        .target(name: "SluiceDynamo", dependencies: ["SluiceBackend", "SluiceProtocol", "CCurl", "CCrypto"]),
        .target(name: "SluiceNull", dependencies: ["SluiceBackend", "SluiceProtocol"]),
        .target(
            name: "SluiceServer", dependencies: ["SluiceBackend", "SluiceProtocol", "CEpoll", logging, deque], swiftSettings: checkedInTests
        ),
        .target(name: "SluiceClient", dependencies: ["SluiceProtocol"]),
        .target(name: "SluiceTesting", dependencies: ["SluiceBackend", "SluiceProtocol"]),

        .executableTarget(
            name: "sluiced",
            dependencies: [
                "SluiceServer", "SluiceSQLite", "SluiceMongo", "SluiceDynamo", "SluiceNull", "SluiceProtocol", argumentParser, logging,
            ]),
        .target(name: "SluiceCommandLine", dependencies: ["SluiceClient", "SluiceProtocol", argumentParser]),
        .executableTarget(name: "sluice", dependencies: ["SluiceCommandLine"]),
        .executableTarget(name: "sluice-stress", dependencies: ["CBench", "CSQLite", argumentParser]),
        .executableTarget(name: "sluice-fuzz", dependencies: ["SluiceProtocol", "CFuzz", "CMsgPack", argumentParser]),
        .executableTarget(name: "sluice-demo-worker", dependencies: ["SluiceClient", argumentParser]),

        .testTarget(name: "SluiceProtocolTests", dependencies: ["SluiceProtocol", "SluiceTesting", "CMsgPack"]),
        .testTarget(name: "SluiceBackendTests", dependencies: ["SluiceBackend", "SluiceTesting"]),
        .testTarget(name: "SluiceSQLiteTests", dependencies: ["SluiceSQLite", "SluiceTesting", "CSQLite"]),
        .testTarget(name: "SluiceMongoTests", dependencies: ["SluiceMongo", "SluiceTesting", "CMongoC"]),
        .testTarget(name: "SluiceDynamoTests", dependencies: ["SluiceDynamo", "SluiceTesting"], exclude: ["SigningVectors"]),
        .testTarget(name: "SluiceTestingTests", dependencies: ["SluiceBackend", "SluiceProtocol", "SluiceTesting"]),
        .testTarget(name: "SluiceServerTests", dependencies: ["SluiceServer", "SluiceTesting", "CEpoll"]),
        .testTarget(name: "SluiceClientTests", dependencies: ["SluiceClient", "SluiceTesting"]),
        .testTarget(
            name: "SluiceCommandLineTests", dependencies: ["SluiceCommandLine", "SluiceClient", "SluiceProtocol", "SluiceTesting"]),
        .testTarget(name: "DaemonTests", dependencies: ["SluiceClient", "SluiceTesting"]),
        .testTarget(
            name: "StressTests",
            dependencies: ["sluice-stress", "CBench", "SluiceClient", "SluiceDynamo", "SluiceProtocol", "SluiceTesting", histogram]),
        .testTarget(name: "SourceTidyTests"),
    ],
    swiftLanguageModes: [.v6]
)
