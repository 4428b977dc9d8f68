import ArgumentParser
import Foundation
import Sections
import Workbench

/// A model trained on sections, and scored on those it did not see.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model, and score it on the sections held out.",
    discussion: """
      With --in-turn each section held out is predicted by a model trained on all the others, and \
      the table ends with the mean over them.
      """)

  @Argument(help: "The model: ridge.") var model: String
  @Argument(help: "The data set's folder; the sample data by default.", completion: .directory)
  var folder: String?
  @Option(help: "The sections at hand, as B4,C2,C3; those with an image by default.")
  var sections: String?
  @Option(help: "Sections to keep out of training and to score on, as C2,C3.")
  var holdOut: String?
  @Flag(help: "Hold out each of them alone, with the others in training.") var inTurn = false
  @Option(
    help: "The genes to predict: a list or an .npy; those all training sections share by default.",
    completion: .file())
  var panel: String?
  @Option(
    help: "What to predict: \(Normalization.presets.map(\.name).joined(separator: ", ")).",
    transform: SectionOptions.normalization(named:))
  var normalization = Normalization.released
  @OptionGroup var compute: ComputeOptions
  @Option(name: .shortAndLong, help: "The checkpoint to write.", completion: .file())
  var output: String?
  @Flag(help: "Replace the output file when it is there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if inTurn, holdOut == nil { throw ValidationError("--in-turn goes with --hold-out.") }
    if inTurn, output != nil {
      throw ValidationError("--in-turn trains several models and writes none: leave out --output.")
    }
    if !inTurn, output == nil {
      throw ValidationError("Name the checkpoint to write with --output, or add --in-turn.")
    }
  }

  func run() throws {
    compute.apply()
    let dataSet = try SectionOptions.dataSet(folder)
    func references(_ list: String) throws -> [SectionReference] {
      try list.split(separator: ",").map { try dataSet.reference(named: String($0)) }
    }
    let plan = TrainingPlan(
      model: model,
      sections: try sections.map(references) ?? dataSet.sections.filter { $0.image != nil },
      heldOut: try holdOut.map(references) ?? [], inTurn: inTurn,
      panel: try panel.map { try Panel(reading: URL(filePath: $0)) }, normalization: normalization)
    let bar = ProgressBar("train")
    let interruption = Interruption()
    let report = try Workbench().train(
      plan, of: dataSet, to: output.map { URL(filePath: $0) }, replacing: force,
      report: bar.show, isCancelled: { interruption.hasCome })
    bar.finish()
    for note in report.notes { StandardError.print(note) }
    try json ? printJSON(report) : print(report.text)
  }
}
