import SluiceBackend
import SluiceProtocol

/// Takes records until a part of a result is full. A value; one for each part.
struct PageCollector {
    /// Whether a record came that does not belong to this part any more.
    private(set) var isFull = false
    private let wanted: Int
    private let maxBytes: Int
    private var writer = MessagePackWriter()
    private var count = 0
    private var lastStart = 0

    /// At most `wanted` records, and `maxBytes` bytes unless a single record has more.
    init(wanted: Int, maxBytes: Int) {
        self.wanted = wanted
        self.maxBytes = maxBytes
    }

    /// Takes a record, or is full.
    /// - Throws: `backendError` when the text is no record.
    mutating func add(json: UnsafeRawBufferPointer) throws(SluiceError) {
        guard count < wanted else {
            isFull = true
            return
        }
        let start = writer.bytes.count
        try StoredBody.transcode(json, to: &writer)
        if count > 0, writer.bytes.count > maxBytes {
            writer.bytes.removeSubrange(start...)
            isFull = true
        } else {
            lastStart = start
            count += 1
        }
    }

    /// The part, with the place of its last record when there is more behind it.
    func finished(token: (Document) -> PageToken) -> RecordPage {
        RecordPage(
            bytes: writer.bytes, count: count, next: isFull && count > 0 ? token(Document(trusted: writer.bytes[lastStart...])) : nil)
    }
}

extension StoredBody {
    /// Appends a record's MessagePack.
    /// - Throws: `backendError` when somebody has edited the text to something else.
    static func transcode(_ json: UnsafeRawBufferPointer, to writer: inout MessagePackWriter) throws(SluiceError) {
        do throws(SluiceError) { try ExtendedJSON.messagePack(fromJSON: json, appendTo: &writer) } catch {
            throw SluiceError(
                .backendError, "a record in the database file is no JSON that Sluice wrote: \(error.message)",
                details: ["reason": "corruptRecord"])
        }
    }
}
