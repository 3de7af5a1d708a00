@testable import SluiceProtocol

/// Some bytes cut into frames, and how they end. A value of the tests over vectors.
struct FrameStream {
    /// What stands behind the last whole frame.
    enum Ending {
        case whole
        case incomplete(needed: Int)
        case refused(SluiceError)
    }

    let payloads: [ArraySlice<UInt8>]
    let ending: Ending

    /// Where each frame ends.
    var ends: [Int] { payloads.map(\.endIndex) }

    /// - Parameter bytes: a beginning of an array.
    init(_ bytes: ArraySlice<UInt8>, _ limits: Limits) {
        let decoder = FrameDecoder(maxFrameBytes: limits.maxFrameBytes)
        var payloads: [ArraySlice<UInt8>] = []
        var offset = 0
        var ending: Ending?
        while ending == nil {
            let step = Result { () throws(SluiceError) in
                try bytes.withBytes { buffer throws(SluiceError) in try decoder.step(buffer, from: offset) }
            }
            switch step {
            case .success(.frame(let range)):
                payloads.append(bytes[range])
                offset = range.upperBound
                if offset == bytes.count { ending = .whole }
            case .success(.incomplete(let needed)): ending = .incomplete(needed: needed)
            case .failure(let error): ending = .refused(error)
            }
        }
        self.payloads = payloads
        self.ending = ending!
    }
}
