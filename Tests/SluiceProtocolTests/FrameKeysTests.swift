import Testing

@testable import SluiceProtocol

/// Keys of frames: integers, each once, whoever reads them.
@Suite struct FrameKeysTests {
    private func client(_ payload: [UInt8], maxValues: Int = 100) throws -> ClientFrame {
        try payload.withUnsafeBytes { try ClientFrame($0, maxValues: maxValues) }
    }

    @Test(arguments: [
        [0x83, 0, 1, 2, 0xa1, 0x61, 2, 0xa1, 0x62], [0x83, 0, 1, 3, 0x90, 3, 0x90], [0x82, 0, 1, 0, 1], [0x83, 0, 5, 1, 9, 1, 10],
        [0x83, 0, 5, 1, 9, 0, 5], [0x83, 0, 5, 1, 9, 0xa1, 0x78, 1],
    ])
    func aKeyTwiceOrNoIntegerIsAFault(_ payload: [UInt8]) { #expect(throws: SluiceError.self) { try client(payload) } }

    @Test(arguments: [
        [0x83, 0, 2, 2, 0xa1, 0x61, 2, 0xa1, 0x62], [0x84, 0, 4, 1, 9, 2, 0xc0, 2, 0xc3], [0x84, 0, 4, 1, 9, 2, 0xc0, 0, 4],
    ])
    func aClientGivesUpWhereAKeyStandsTwice(_ payload: [UInt8]) { #expect(throws: SluiceError.self) { try ServerFrame(payload[...]) } }

    @Test func featuresCountAsValues() throws {
        let hello: [UInt8] = [0x82, 0, 1, 3, 0x94, 0xa0, 0xa0, 0xa0, 0xa0]
        #expect(throws: SluiceError.self) { try client(hello, maxValues: 3) }
        guard case .hello = try client(hello, maxValues: 4) else { return #expect(Bool(false), "no hello") }
    }

    @Test func argumentsAreAMapWhateverTheOperation() throws {
        guard case .rejected(id: 9, let error) = try client([0x84, 0, 3, 1, 9, 2, 1, 4, 0x90]) else {
            return #expect(Bool(false), "not rejected")
        }
        #expect(error.code == .invalidInput && error.reason == nil)
    }
}
