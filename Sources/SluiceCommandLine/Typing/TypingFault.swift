/// What is wrong with something a person typed, and how to type it instead. Shown by the argument parser beside the argument.
struct TypingFault: Error, Equatable, CustomStringConvertible {
    /// One sentence, without a full stop.
    let description: String

    init(_ description: String) { self.description = description }
}
