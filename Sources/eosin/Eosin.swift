import ArgumentParser
import Curses
import Foundation
import Images
import Sections
import Workbench

/// The program: `eosin` alone opens the sample section.
@main
struct Eosin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eosin",
    abstract: "Spatial transcriptomics in the terminal.",
    discussion: "Without a command, eosin opens the sample data set in the viewer.",
    version: "0.1.0",
    subcommands: [
      ViewCommand.self, InfoCommand.self, GenesCommand.self, ClusterCommand.self,
      RenderCommand.self,
    ],
    defaultSubcommand: ViewCommand.self)

  /// Exit status: 0 done, 1 failed, 2 wrong usage.
  static func main() {
    Trace.mark("main")
    // A reader that goes away, such as `head`, is no reason to die with a signal.
    signal(SIGPIPE, SIG_IGN)
    // Signals are read, not handled, by the viewer; blocked before the first thread starts.
    Terminal.blockSignals()
    do {
      var command = try Eosin.parseAsRoot()
      try command.run()
    } catch let error where isOurs(error) {
      StandardError.print("eosin: \(error)")
      Foundation.exit(1)
    } catch {
      let isHelp = Eosin.exitCode(for: error) == .success
      if isHelp {
        print(Eosin.fullMessage(for: error))
        Foundation.exit(0)
      }
      StandardError.print(Eosin.fullMessage(for: error))
      Foundation.exit(2)
    }
  }

  private static func isOurs(_ error: any Error) -> Bool {
    error is SectionError || error is ImageError || error is WorkbenchError
      || error is TerminalError
  }
}

/// Talk goes to standard error; results alone go to standard output.
enum StandardError {
  static func print(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
