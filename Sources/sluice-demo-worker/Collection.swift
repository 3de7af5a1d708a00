import SluiceClient

/// A source file and the repository that it becomes.
enum Collection: String, CaseIterable {
    case languages, subdivisions

    var file: String { self == .languages ? "iso_639-3.json" : "iso_3166-2.json" }
    /// Under which the file keeps its list.
    var listKey: String { self == .languages ? "639-3" : "3166-2" }
    /// The field with the code, the repository's `hashKey`.
    var key: String { self == .languages ? "alpha_3" : "code" }

    /// With a compound index that is not unique, so that every engine can keep it.
    var definition: StructuredValue {
        let fields: StructuredValue = self == .languages ? ["scope", "name"] : ["type", "name"]
        return ["name": .string("demo-" + rawValue), "hashKey": .string(key), "indexes": [["fields": fields]]]
    }
}
