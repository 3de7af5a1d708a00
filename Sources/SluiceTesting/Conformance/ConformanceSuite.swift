/// What every engine must do, and do alike (contract section 4). Each group stands in a file of its own beside this one.
public enum ConformanceSuite {
    /// All cases.
    public static let cases: [ConformanceCase] =
        data + creating + refusing + values + reading + filtering + ordering + paging + updating + deleting + defining + expiring + batching
        + poisoning + sharing

    /// Those that stand as data. A file that cannot be read is a case that fails.
    private static let data: [ConformanceCase] = {
        do { return try CaseFile.all().flatMap { try $0.conformanceCases() } } catch {
            return [ConformanceCase("protocol/conformance can be read") { _ in throw error }]
        }
    }()

    /// An id of the generated form, different for each number.
    static func id(_ number: Int) -> RecordValue { .string(RecordID.text(number)) }
}
