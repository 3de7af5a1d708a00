import ArgumentParser
import Glibc
import Logging
import SluiceProtocol
import SluiceServer

/// The command `sluiced`: flags in, a running daemon or a clear refusal out.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluiced",
        abstract: "One pool of database connections for all processes of a host, over a Unix socket.",
        discussion: """
            Without any flag it keeps records in an embedded SQLite database and listens on the socket that clients look for by themselves:

              sluiced                                    $XDG_RUNTIME_DIR/sluice/sluice.sock (root: /run/sluice/sluice.sock)
              sluiced --config /etc/service.json         reads 'database', 'backends', 'default' and 'sluice' of that file
              sluiced --check                            says what it would do, without secrets, and ends

            What is given twice: flags win over SLUICE_SOCKET, SLUICE_CONFIG, SLUICE_DATA and SLUICE_LOG_LEVEL, these over the file, the \
            file over the defaults. SIGTERM or SIGINT finishes what is in flight and ends; a second one ends at once.

            Exit codes are those of sysexits.h: 0 asked to end, 64 usage, 69 another daemon is there, 71 the system refused, 78 \
            configuration, that of a service manager included.
            """,
        version: Release.version)

    @Option(help: ArgumentHelp("The socket to listen on.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("A JSON configuration, usually the service's own.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The folder for definitions and the embedded database.", valueName: "folder"))
    var data: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical; notice by default.", valueName: "level"))
    var logLevel: String?

    @Flag(help: "Give an engine one request at a time, to see what batching brings.")
    var noBatching = false

    @Flag(help: "Validate the configuration, print what is in effect as JSON, and end.")
    var check = false

    func run() throws {
        let environment = Self.environment
        let flags = Configuration.Flags(socket: socket, config: config, data: data, logLevel: logLevel, noBatching: noBatching)
        let configuration: Configuration
        do { configuration = try Configuration(flags: flags, environment: environment, engines: Engines.all) } catch {
            Self.complain("configuration: \(error)")
            throw ExitCode(EX_CONFIG)
        }
        if check { return print(configuration.effectiveJSON) }
        let logger = Self.logger(configuration)
        if !configuration.ignoredKeys.isEmpty {
            logger.notice(
                "keys of the configuration that are not Sluice's are ignored",
                metadata: ["keys": "\(configuration.ignoredKeys.joined(separator: " "))"])
        }
        do throws(StartError) {
            try Server(configuration, engines: Engines.all, environment: environment, logger: logger).run()
        } catch {
            Self.complain(error.description)
            throw ExitCode(Self.exitCode(error.reason))
        }
    }

    private static func exitCode(_ reason: StartError.Reason) -> Int32 {
        switch reason {
        case .alreadyRunning: EX_UNAVAILABLE
        case .misconfigured: EX_CONFIG
        case .refused: EX_OSERR
        }
    }

    private static func logger(_ configuration: Configuration) -> Logger {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "sluiced")
        logger.logLevel = configuration.logLevel
        return logger
    }

    private static func complain(_ message: String) {
        let line = Array("sluiced: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    private static var environment: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let parts = String(cString: pointer).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return result
    }
}
