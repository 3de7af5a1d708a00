import SluiceProtocol

// What callers make of a reply's bytes, in their own tasks.
extension Reply {
    /// A document, checked.
    func document() throws(SluiceError) -> Document { try Document(validating: result) }

    /// All parts' documents, one after the other.
    func documents() throws(SluiceError) -> [Document] {
        var documents: [Document] = []
        try forEachElement { _, element throws(SluiceError) in documents.append(try Document(validating: element)) }
        return documents
    }

    /// An outcome for each object of a `saveMany`.
    func outcomes() throws(SluiceError) -> [Result<Document, SluiceError>] {
        var outcomes: [Result<Document, SluiceError>] = []
        try forEachElement { _, element throws(SluiceError) in outcomes.append(try SaveOutcome(element).result) }
        return outcomes
    }

    func integer() throws(SluiceError) -> Int {
        try result.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            guard case .integer(let value) = try reader.next() else { throw Self.unexpected("an integer") }
            return Int(value)
        }
    }

    func structured() throws(SluiceError) -> StructuredValue {
        try result.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            return try StructuredValue(&reader)
        }
    }

    static func unexpected(_ expected: String) -> SluiceError {
        SluiceError(.backendError, "the daemon's result is not \(expected), as the protocol says")
    }

    private func forEachElement(_ body: (Int, ArraySlice<UInt8>) throws(SluiceError) -> Void) throws(SluiceError) {
        var index = 0
        for part in earlierParts + [result] {
            try part.withBytes { buffer throws(SluiceError) in
                var reader = MessagePackReader(buffer)
                guard case .list(let count) = try reader.next() else { throw Self.unexpected("a list") }
                var budget = Int.max
                for _ in 0..<count {
                    let start = reader.offset
                    try reader.skip(budget: &budget)
                    try body(index, part[part.startIndex + start..<part.startIndex + reader.offset])
                    index += 1
                }
            }
        }
    }
}
