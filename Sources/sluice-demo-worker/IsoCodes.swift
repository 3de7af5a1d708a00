import FoundationEssentials
import SluiceClient

/// The real input: Debian's iso-codes, languages and country subdivisions, in the order of the files. A value.
struct IsoCodes {
    let languages: [Record]
    let subdivisions: [Record]

    /// - Parameter every: 10 takes the first record of each ten.
    init(folder: String, every: Int) throws {
        func read(_ collection: Collection) throws -> [Record] {
            let text = try Data(contentsOf: URL(filePath: folder + "/" + collection.file))
            let lists = try JSONDecoder().decode([String: [[String: String]]].self, from: text)
            let records = lists[collection.listKey] ?? []
            return stride(from: 0, to: records.count, by: every).map { records[$0].mapValues { .string($0) } }
        }
        languages = try read(.languages)
        subdivisions = try read(.subdivisions)
    }

    func records(_ collection: Collection) -> [Record] { collection == .languages ? languages : subdivisions }
}
