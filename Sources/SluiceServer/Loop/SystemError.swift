import Glibc

/// A system call that failed: its name, errno, and what it was about.
public struct SystemError: Error, CustomStringConvertible {
    /// The call.
    public let call: String
    /// errno after it.
    public let number: Int32
    /// A path or an address, if one was part of it.
    public let subject: String?

    /// Reads errno, so it must be made right after the call.
    public init(_ call: String, _ subject: String? = nil) {
        self.init(call, subject, number: errno)
    }

    /// An error with its number.
    public init(_ call: String, _ subject: String? = nil, number: Int32) {
        self.call = call
        self.number = number
        self.subject = subject
    }

    /// `bind /run/x: Permission denied`.
    public var description: String { "\(call)\(subject.map { " " + $0 } ?? ""): \(String(cString: strerror(number)))" }
}
