import Glibc

/// Where programs are.
enum ProgramPath {
    /// The program of this name in the folder of the running one.
    static func beside(_ name: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw StressFailure.systemCall(.serverNotThere, "/proc/self/exe") }
        let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/" + name
    }

    /// The daemon: the one that was asked for, or the one beside the running program.
    /// - Throws: `StressFailure` when it is not there.
    static func daemon(_ asked: String?) throws -> String {
        let program = try asked ?? beside("sluiced")
        guard let executable = find(program) else {
            throw StressFailure(.serverNotThere, "there is no daemon at \(program); build sluiced, or give --daemon PATH")
        }
        return executable
    }

    /// A folder of this name in the folder of the running program or one of those around it; nil when there is none.
    static func above(_ name: String) throws -> String? {
        var folder = try beside("")
        while !folder.isEmpty {
            if access("\(folder)/\(name)", F_OK) == 0 { return "\(folder)/\(name)" }
            folder = folder.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        }
        return nil
    }

    /// The path of an executable: as it is given when it has a slash, else looked up in PATH; nil when there is none.
    static func find(_ program: String) -> String? {
        if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
        let folders = Terminal.variable("PATH")?.split(separator: ":") ?? []
        return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}
