import ArgumentParser

/// The command `sluice-stress`: every subcommand by its name. The hidden ones are this program's own children.
struct StressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice-stress",
        abstract: "Loads Sluice, checks every reply, and says how fast it was.",
        discussion: """
            Three ways to use it:

              sluice-stress bench                             measures this machine against the bars of the project ('cost': what grows)
              sluice-stress run a --engine sqlite             a workload of YCSB and others, with plots, chaos and comparisons
              sluice-stress ping --socket PATH --clients 50   loads a daemon that runs already

            'bench' starts all it needs by itself: a daemon on an empty store, a bare echo server, redis-server. 'run' starts a daemon \
            when it is given an engine. 'ping', 'create' and 'get' start nothing. A reply that is not exactly what it must be ends the \
            run with exit code 76.

            Exit codes: 0 done, and every bar met; 1 a bar missed or not measured; else those of sysexits.h: 64 usage, 69 a server is not \
            there, 70 a server failed, 73 a folder cannot be written, 76 a wrong answer, 78 a folder in memory where a disk is needed; 130 \
            interrupted.
            """,
        subcommands: [
            BenchCommand.self, CostCommand.self, RunCommand.self, CompareCommand.self, LinearizabilityCommand.self, SoakCommand.self,
            PingCommand.self,
            CreateCommand.self, GetCommand.self,
            GenerateCommand.self, EchoCommand.self, RelayCommand.self, IdleClientsCommand.self, DirectSQLiteCommand.self,
        ]
    )
}
