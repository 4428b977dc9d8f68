import ArgumentParser
import Foundation
import Workbench

/// A checkpoint to begin from.
struct ModelInitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a checkpoint of random weights, as training begins with.",
    discussion: "What it predicts means nothing: for trying out, and for measuring speed.")

  @Argument(help: "The model, as in 'eosin model list'.") var model: String
  @Option(help: "The genes to predict: a list or an .npy.", completion: .file())
  var genes: String
  @Option(help: "The seed of the generator; the same gives the same weights.") var seed: UInt64 = 0
  @Option(name: .customLong("set"), help: "A size or setting, as layers=8.")
  var settings: [String] = []
  @Option(name: .shortAndLong, help: "The file to write.", completion: .file()) var output: String
  @Flag(help: "Replace the output file when it is there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let info = try Workbench().makeUntrainedModel(
      model, genes: URL(filePath: genes), seed: seed, settings: settings,
      to: URL(filePath: output), replacing: force)
    try json ? printJSON(info) : print(info.text)
  }
}
