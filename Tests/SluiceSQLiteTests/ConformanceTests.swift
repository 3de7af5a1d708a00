import SluiceSQLite
import SluiceTesting
import Testing

/// Every case of the suite on a fresh file.
@Suite struct ConformanceTests {
    @Test(arguments: ConformanceSuite.cases) func conformance(_ conformanceCase: ConformanceCase) throws {
        let folder = TemporaryFolder()
        let backend = SQLiteBackend(directory: folder.path + "/data")
        try backend.prepare()
        try conformanceCase.run(on: backend)
    }
}
