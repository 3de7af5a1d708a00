/// Text that is equal only to the same bytes. Swift's `String` also calls canonically equivalent texts equal, so that `é` as one and as two
/// code points would be one name; on the wire and in every engine they are two.
public struct ExactText: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The text.
    public let text: String

    /// Any text.
    public init(_ text: String) { self.text = text }

    /// A literal text.
    public init(stringLiteral value: String) { text = value }

    /// The same UTF-8 bytes.
    public static func == (left: ExactText, right: ExactText) -> Bool {
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in right.withUTF8 { UnsafeRawBufferPointer(left).isSame(as: UnsafeRawBufferPointer($0)) } }
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
