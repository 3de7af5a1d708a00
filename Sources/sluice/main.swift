import SluiceCommandLine

await SluiceCommand.start()
