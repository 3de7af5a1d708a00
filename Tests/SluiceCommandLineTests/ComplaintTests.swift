import Glibc
import SluiceClient
import Testing

@testable import SluiceCommandLine

/// What people and scripts are told of failures, and with which code the program ends.
@Suite struct ComplaintTests {
    @Test func everyCodeHasItsExit() {
        let exits: [ErrorCode: Int32] = [
            .notFound: 1, .alreadyExists: EX_CANTCREAT, .invalidInput: EX_DATAERR, .backendError: EX_SOFTWARE, .unavailable: EX_UNAVAILABLE,
            .deadlineExceeded: EX_TEMPFAIL, .overloaded: EX_TEMPFAIL, .tooLarge: EX_DATAERR, .unauthorized: EX_NOPERM,
            .unsupported: EX_DATAERR, .shuttingDown: EX_TEMPFAIL,
        ]
        for code in ErrorCode.allCases { #expect(Complaint(error: SluiceError(code, "")).exitCode == exits[code], "\(code)") }
        #expect(Complaint(error: .invalidInput("", reason: "undefinedRepository")).exitCode == EX_NOINPUT)
        #expect(Complaint(error: .invalidInput("", reason: "unreadable")).exitCode == EX_NOINPUT)
    }

    @Test func saysWhatToDo() {
        let absent = SluiceError(.unavailable, "no daemon is listening", details: ["reason": "noDaemon"])
        #expect(Complaint(error: absent).text.hasPrefix("sluice: no daemon is listening\nsluice: --socket PATH"))
        #expect(Complaint(error: .invalidInput("x", reason: "undefinedRepository")).text.contains("'sluice define NAME'"))
        #expect(Complaint(error: .invalidInput("x")).text == "sluice: x\n")
    }

    @Test func saysWhenNobodyKnowsWhetherItHappened() {
        let lost = SluiceError(.unavailable, "the daemon went away", isOutcomeKnown: false)
        #expect(Complaint(error: lost).text == "sluice: the daemon went away (whether it happened is not known)\n")
    }

    @Test func scriptsGetEverything() {
        let error = SluiceError(.tooLarge, "too \"large\"", details: ["limit": "maxRecordBytes", "value": 7])
        #expect(
            Complaint(error: error).json.json()
                == #"{"error":{"code":"tooLarge","message":"too \"large\"","retryable":false,"outcomeKnown":true,"#
                + #""details":{"limit":"maxRecordBytes","value":7}}}"#)
    }

    @Test func countsAreForPeople() {
        #expect([0, 7, 999, 1000, 1_234_567].map(Progress.grouped) == ["0", "7", "999", "1,000", "1,234,567"])
        #expect(Progress.counted(1, "line") == "1 line")
        #expect(Progress.counted(2000, "line") == "2,000 lines")
    }

    @Test func aTerminalIsAskedForItsColours() {
        #expect(!Terminal(isTerminal: true, width: 80, isColoured: false).bold("x").unicodeScalars.contains("\u{1b}"))
        // A test's own output may be anything; a descriptor that is none is no terminal.
        let none = Terminal(-1) { _ in nil }
        #expect(!none.isTerminal && none.width == nil && !none.isColoured)
    }
}
