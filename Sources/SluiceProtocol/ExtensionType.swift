/// The MessagePack extension types that Sluice's values use (PROTOCOL.md section 3).
public enum ExtensionType {
    /// A point in time; the number is MessagePack's own.
    public static let timestamp: Int8 = -1
    /// Twelve bytes.
    public static let objectID: Int8 = 1
    /// Canonical decimal text.
    public static let decimal: Int8 = 2
}
