import SluiceDynamo
import SluiceMongo
import SluiceNull
import SluiceProtocol
import SluiceSQLite
import SluiceServer

/// The engines that are built in, one a line.
enum Engines {
    static let all = [
        EngineDescription(name: "sqlite", requiredProperties: []) { configuration, dataDirectory, limits in
            SQLiteBackend(
                directory: configuration.properties["path"] ?? dataDirectory, limits: limits,
                readers: max(1, (configuration.connections ?? 4) - 1))
        },
        EngineDescription(name: "mongodb", requiredProperties: ["host", "database"]) { configuration, _, limits throws(SluiceError) in
            try MongoBackend(properties: configuration.properties, connections: configuration.connections ?? 4, limits: limits)
        },
        EngineDescription(name: "dynamodb", requiredProperties: []) { configuration, _, limits throws(SluiceError) in
            try DynamoBackend(properties: configuration.properties, connections: configuration.connections ?? 4, limits: limits)
        },
        // For measuring only.
        EngineDescription(name: "null", requiredProperties: []) { configuration, _, _ in
            NullBackend(connections: configuration.connections ?? 4)
        },
    ]
}
