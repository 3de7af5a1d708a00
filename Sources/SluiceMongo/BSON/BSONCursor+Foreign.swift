import SluiceProtocol

/// What others may have stored and Sluice never stores, as callers see it.
extension BSONCursor.Element {
    /// Appends the one-key map of Extended JSON v2 that stands for the value.
    func writeForeign(to writer: inout MessagePackWriter) throws(SluiceError) {
        writer.mapHead(1)
        switch type {
        case .regularExpression:
            let parts = value.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            writer.string("$regularExpression")
            writer.mapHead(2)
            writer.string("pattern")
            try writer.checked(UnsafeRawBufferPointer(rebasing: parts[0]))
            writer.string("options")
            try writer.checked(UnsafeRawBufferPointer(rebasing: parts[1]))
        case .code:
            writer.string("$code")
            try writer.checked(try text())
        case .codeWithScope:
            writer.string("$code")
            // Behind the whole length stands a string, then the scope, which means nothing here.
            guard value.count >= 9 else { throw BSONCursor.malformed }
            let count = Int(little(Int32.self, at: 4))
            guard count >= 1, count <= value.count - 8 else { throw BSONCursor.malformed }
            try writer.checked(UnsafeRawBufferPointer(rebasing: value[8..<8 + count - 1]))
        case .timestamp:
            writer.string("$timestamp")
            writer.mapHead(2)
            writer.string("t")
            writer.integer(Int64(little(UInt32.self, at: 4)))
            writer.string("i")
            writer.integer(Int64(little(UInt32.self)))
        case .dbPointer:
            writer.string("$dbPointer")
            writer.ext(ExtensionType.objectID, UnsafeRawBufferPointer(rebasing: value[(value.count - 12)...]))
        case .minKey:
            writer.string("$minKey")
            writer.integer(1)
        default:
            writer.string("$maxKey")
            writer.integer(1)
        }
    }
}
