/// One MessagePack value's head; containers are followed by their elements. Payloads are ranges into the reader's bytes.
public enum MessagePackItem: Equatable, Sendable {
    /// nil
    case null
    /// false or true
    case boolean(Bool)
    /// an integer that fits in 64 signed bits
    case integer(Int64)
    /// an unsigned integer over 2⁶³−1, which no Sluice value may be
    case oversizedInteger
    /// a float of either width
    case float(Double)
    /// text, not yet checked for UTF-8
    case string(Range<Int>)
    /// bytes
    case binary(Range<Int>)
    /// a list of so many elements
    case list(Int)
    /// a map of so many pairs
    case map(Int)
    /// an extension type and its payload
    case ext(Int8, Range<Int>)
}
