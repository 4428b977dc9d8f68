import ArgumentParser

/// What has to do with checkpoints: a group of commands.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "List the models, import the authors' checkpoints, look into checkpoints.",
    subcommands: [
      ModelListCommand.self, ModelImportCommand.self, ModelInfoCommand.self,
      ModelVerifyCommand.self, ModelInitCommand.self,
    ])
}
