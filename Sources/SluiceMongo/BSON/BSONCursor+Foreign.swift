import SluiceProtocol

/// What others may have stored and Sluice never stores, as callers see it.
extension BSONCursor.Element {
    /// Appends the one-key map of Extended JSON v2 that stands for the value.
    /// - Parameter depth: containers around it.
    func writeForeign(to writer: inout MessagePackWriter, depth: Int) throws(SluiceError) {
        writer.mapHead(type == .codeWithScope ? 2 : 1)
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
            // Behind the whole length stand a string and a document.
            guard value.count >= 14 else { throw BSONCursor.malformed }
            let count = Int(little(Int32.self, at: 4))
            guard count >= 1, count <= value.count - 13, value[8 + count - 1] == 0 else { throw BSONCursor.malformed }
            writer.string("$code")
            try writer.checked(UnsafeRawBufferPointer(rebasing: value[8..<8 + count - 1]))
            writer.string("$scope")
            let scope = BSONCursor.Element(type: .document, name: name, value: UnsafeRawBufferPointer(rebasing: value[(8 + count)...]))
            try scope.write(to: &writer, depth: depth + 1)
        case .timestamp:
            writer.string("$timestamp")
            writer.mapHead(2)
            writer.string("t")
            writer.integer(Int64(little(UInt32.self, at: 4)))
            writer.string("i")
            writer.integer(Int64(little(UInt32.self)))
        case .dbPointer:
            let end = value.count - 12
            guard end >= 5, value[end - 1] == 0 else { throw BSONCursor.malformed }
            writer.string("$dbPointer")
            writer.mapHead(2)
            writer.string("$ref")
            try writer.checked(UnsafeRawBufferPointer(rebasing: value[4..<end - 1]))
            writer.string("$id")
            writer.ext(ExtensionType.objectID, UnsafeRawBufferPointer(rebasing: value[end...]))
        case .minKey:
            writer.string("$minKey")
            writer.integer(1)
        default:
            writer.string("$maxKey")
            writer.integer(1)
        }
    }
}
