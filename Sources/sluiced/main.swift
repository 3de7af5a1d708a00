DaemonCommand.main()
