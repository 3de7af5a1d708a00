import Glibc
import SluiceClient

/// A failure as people and scripts are told of it: one line on standard error, or one JSON object, and an exit code of sysexits(3).
struct Complaint {
    let error: SluiceError

    /// What the program ends with, for the help.
    static let exitCodesHelp = """
        Exit codes: 0 done; 1 no record matches; else those of sysexits.h: 64 usage, 65 bad input, 66 no such repository or file, 69 no \
        daemon or engine, 70 the engine failed, 73 such a record exists already, 74 output failed, 75 try again later, 77 not allowed.
        """

    /// What the program ends with.
    var exitCode: Int32 {
        switch error.code {
        case .notFound: 1
        case .invalidInput: ["undefinedRepository", "unreadable"].contains(error.reason) ? EX_NOINPUT : EX_DATAERR
        case .tooLarge, .unsupported: EX_DATAERR
        case .alreadyExists: EX_CANTCREAT
        case .unavailable: EX_UNAVAILABLE
        case .deadlineExceeded, .overloaded, .shuttingDown: EX_TEMPFAIL
        case .unauthorized: EX_NOPERM
        case .backendError: EX_SOFTWARE
        }
    }

    /// One line, and a second one where there is something to do about it.
    var text: String {
        let outcome = error.isOutcomeKnown ? "" : " (whether it happened is not known)"
        return ([error.message + outcome] + hints).map { "sluice: \(DisplayText.safe($0))\n" }.joined()
    }

    private var hints: [String] {
        switch error.reason {
        case "noDaemon": ["--socket PATH names another place; 'sluiced --help' says how to start one"]
        case "undefinedRepository": ["'sluice repositories' lists what is defined, 'sluice define NAME' defines one"]
        default: []
        }
    }

    /// `{"error": {"code": …, "message": …, "retryable": …, "outcomeKnown": …, "details": {…}}}`
    var json: StructuredValue {
        let details = error.details.sorted { $0.key < $1.key }.map { detail in
            switch detail.value {
            case .string(let text): StructuredValue.Entry(detail.key, .string(text))
            case .integer(let value): StructuredValue.Entry(detail.key, .integer(value))
            }
        }
        return .map([
            "error": .map([
                "code": .string(error.code.rawValue), "message": .string(error.message), "retryable": .boolean(error.isRetryable),
                "outcomeKnown": .boolean(error.isOutcomeKnown), "details": .map(details),
            ])
        ])
    }

    /// Tells it on standard error.
    func report(asJSON: Bool) { StandardError.write(asJSON ? json.json() + "\n" : text) }
}
