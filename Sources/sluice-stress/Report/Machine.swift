import CBench
import CSQLite
import Glibc

/// The machine that figures were measured on.
struct Machine: Codable {
    let processor: String
    let processors: Int
    let memoryGigabytes: Double
    let kernel: String
    let sqlite: String

    init() {
        let line = TextFile.contents("/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("model name") }
        processor = line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown processor"
        processors = Bench.processorCount
        memoryGigabytes = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e9
        var names = utsname()
        uname(&names)
        kernel = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        sqlite = String(cString: sqlite3_libversion())
    }

    var sentence: String {
        "\(processor), \(processors) processors, \(NumberText.short(memoryGigabytes)) GB, Linux \(kernel), SQLite \(sqlite)"
    }
}
