import SluiceProtocol
import Testing

/// Frames at every split point, and lengths that lie.
@Suite struct FrameDecoderTests {
    private let decoder = FrameDecoder(maxFrameBytes: 1024)

    private func step(_ bytes: [UInt8]) throws(SluiceError) -> FrameDecoder.Step {
        try bytes[...].withBytes { buffer throws(SluiceError) in try decoder.step(buffer, from: 0) }
    }

    @Test func everySplitPointWaitsForTheRest() throws {
        let frame: [UInt8] = [0, 0, 0, 7, 0x83, 0, 3, 1, 1, 2, 1]
        for count in 0..<4 { #expect(try step(Array(frame[..<count])) == .incomplete(needed: 4)) }
        for count in 4..<frame.count { #expect(try step(Array(frame[..<count])) == .incomplete(needed: 11)) }
        #expect(try step(frame) == .frame(4..<11))
    }

    @Test func lengthsThatLieAreFaults() {
        #expect(throws: SluiceError.self) { try step([0, 0, 0, 0]) }
        #expect(throws: SluiceError.self) { try step([0xff, 0xff, 0xff, 0xff]) }
    }
}
