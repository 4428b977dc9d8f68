import ArgumentParser
import Foundation
import Workbench

/// The program: `eosin` alone opens the sample section.
@main
struct Eosin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eosin",
    abstract: "Spatial transcriptomics in the terminal.",
    discussion: "Without a command, eosin opens the sample data set in the viewer.",
    version: Workbench.version,
    subcommands: [
      ViewCommand.self, InfoCommand.self, GenesCommand.self, ClusterCommand.self,
      RenderCommand.self, ModelCommand.self, PredictCommand.self, DriversCommand.self,
      TrainCommand.self, EvaluateCommand.self, EnrichCommand.self, CopyNumberCommand.self,
      TumourCommand.self, CohortCommand.self, ConvertCommand.self,
    ],
    defaultSubcommand: ViewCommand.self)

  /// Exit status: 0 done, 1 failed, 2 wrong usage.
  static func main() {
    Trace.mark("main")
    // A reader that goes away, such as `head`, is no reason to die with a signal.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try Eosin.parseAsRoot()
      try command.run()
    } catch {
      switch Eosin.exitCode(for: error) {
      case .success: print(Eosin.fullMessage(for: error))  // help, or the version
      case .validationFailure:
        StandardError.print(Eosin.fullMessage(for: error))
        Foundation.exit(2)
      default:
        StandardError.print("eosin: \(error)")
        Foundation.exit(1)
      }
    }
    // Results that a full disk swallows are not done; those that nobody reads any more are.
    if fflush(nil) != 0, errno != EPIPE {
      StandardError.print(
        "eosin: standard output cannot be written: \(String(cString: strerror(errno))).")
      Foundation.exit(1)
    }
    // Not `exit`: a thread that still predicts would find OpenBLAS torn down under it.
    _exit(0)
  }
}

/// Talk goes to standard error; results alone go to standard output.
enum StandardError {
  static func print(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
