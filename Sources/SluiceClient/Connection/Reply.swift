/// The answer to a call: one value, after the lists of the parts that came before it.
struct Reply: Sendable {
    var earlierParts: [ArraySlice<UInt8>] = []
    var result: ArraySlice<UInt8>
    var token: String?
}
