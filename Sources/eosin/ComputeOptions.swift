import ArgumentParser
import Workbench

/// How much of the machine is used: the same option for every command that computes long.
struct ComputeOptions: ParsableArguments {
  @Option(help: "Threads; the machine's cores by default. The same give the same to the bit.")
  var threads: Int?

  mutating func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024.")
    }
  }

  /// Sets what was asked for.
  func apply() {
    if let threads { Workbench.use(threads: threads) }
  }
}
