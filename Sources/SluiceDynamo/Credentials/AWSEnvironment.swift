import Glibc

/// The environment's variables, of the process or of a test.
struct AWSEnvironment: Sendable {
    private let variable: @Sendable (String) -> String?

    init(_ variables: [String: String]) { variable = { variables[$0] } }

    private init(_ variable: @escaping @Sendable (String) -> String?) { self.variable = variable }

    /// That of this process.
    static let process = AWSEnvironment { name in getenv(name).map { String(cString: $0) } }

    /// A variable's value; nil when it is not set or empty.
    subscript(name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
}
