/// What a caller defined of a repository (contract section 2), decoded and checked. Values only: the registry owns the stored ones.
public struct RepositoryDefinition: Sendable, Equatable {
    /// The collection's or table's name.
    public var name: String
    /// Plain and unique indexes, in the order they were defined.
    public var indexes: [Index] = []
    /// Whether the caller owns `id`.
    public var customId = false
    /// The first part of the key.
    public var hashKey = KeyField(name: "id", type: .string)
    /// The second part of the key.
    public var rangeKey: KeyField?
    /// DynamoDB read units; 0 is on demand.
    public var readCapacity: Int64 = 0
    /// DynamoDB write units; 0 is on demand.
    public var writeCapacity: Int64 = 0
    /// Global secondary indexes, ordered by attribute.
    public var globalIndexes: [GlobalIndex] = []
    /// When records expire; nil: never.
    public var timeToLive: TimeToLive?
    /// The configured backend; nil: the default one.
    public var backend: String?

    /// A definition with nothing but a name.
    public init(name: String) { self.name = name }

    /// A key attribute and its type.
    public struct KeyField: Sendable, Equatable {
        /// A top-level name.
        public var name: String
        /// What every record has there.
        public var type: KeyType

        /// A key attribute.
        public init(name: String, type: KeyType) {
            self.name = name
            self.type = type
        }
    }

    /// DynamoDB's key types, which hold on every engine.
    public enum KeyType: String, Sendable {
        /// A string.
        case string = "S"
        /// An integer or a float.
        case number = "N"
        /// Binary.
        case binary = "B"

        /// Whether a value is of this type.
        public func admits(_ scalar: Scalar) -> Bool {
            switch (self, scalar) {
            case (.string, .string), (.number, .integer), (.number, .float), (.binary, .binary): true
            default: false
            }
        }
    }

    /// An index over one or more fields.
    public struct Index: Sendable, Equatable {
        /// The fields, in order.
        public var fields: [FieldPath]
        /// Whether no two records may agree in all fields, those apart in which one is missing or null.
        public var isUnique: Bool
        /// A name for the engine; has no meaning when definitions are compared.
        public var name: String?

        /// An index.
        public init(fields: [FieldPath], isUnique: Bool = false, name: String? = nil) {
            self.fields = fields
            self.isUnique = isUnique
            self.name = name
        }
    }

    /// A DynamoDB global secondary index; elsewhere a plain index on the same attributes.
    public struct GlobalIndex: Sendable, Equatable {
        /// The attribute it is on.
        public var attribute: KeyField
        /// Its range attribute.
        public var rangeKey: KeyField?
        /// Read units.
        public var readCapacity: Int64 = 0
        /// Write units.
        public var writeCapacity: Int64 = 0
    }

    /// Expiry by age.
    public struct TimeToLive: Sendable, Equatable {
        /// The field that holds the time of creation.
        public var attribute: String
        /// Seconds a record lives.
        public var seconds: Int64

        /// Expiry `seconds` after the time in `attribute`.
        public init(attribute: String, seconds: Int64) {
            self.attribute = attribute
            self.seconds = seconds
        }
    }

    /// The key attributes, hash first.
    public var keyFields: [KeyField] { [hashKey] + (rangeKey.map { [$0] } ?? []) }

    /// Whether the key is `id` alone.
    public var isKeyedById: Bool { hashKey.name == "id" && rangeKey == nil }
}
