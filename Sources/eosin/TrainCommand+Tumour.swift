import ArgumentParser
import Foundation
import Sections
import Workbench

/// `eosin train tumour`: regions in place of expression.
extension TrainCommand {
  /// What stands where a model's name would.
  static let tumourWord = "tumour"

  /// Refuses what a training for tumour regions does not have.
  func validateTumour() throws {
    guard output != nil else {
      throw ValidationError("Name the file to write with --output: tumour.safetensors.")
    }
    if asksForMoreThanTumour {
      throw ValidationError(
        "Tumour regions are learned from labels, not from genes, in one go: --sections, --hold-out, "
          + "--tumour, --preset, --epochs, --learning-rate, --encoder, --seed, --set, --threads, "
          + "--output and --force are all that it takes.")
    }
  }

  private var asksForMoreThanTumour: Bool {
    crossValidate != nil || panel != nil || genes != nil || minSpots != nil || normalization != nil
      || resume || network.from != nil || !network.without.isEmpty || network.monitor
      || network.keep != nil
  }

  /// Trains a network for tumour regions, and maps the sections held out.
  func trainTumour() throws {
    let dataSet = try SectionOptions.dataSet(folder)
    var plan = TumourPlan(sections: try trainingSections(of: dataSet))
    plan.heldOut = try holdOut.map { try references($0, of: dataSet) } ?? []
    (plan.tumour, plan.network) = (tumour, network.plan)
    let display = TrainingDisplay()
    let interruption = Interruption()
    let report = try Workbench().trainTumour(
      plan, of: dataSet, to: URL(filePath: output!),  // `validateTumour` has seen to it.
      replacing: force, report: display.show, isCancelled: { interruption.hasCome })
    display.finish()
    for note in report.notes { StandardError.print(note) }
    try json ? printJSON(report) : print(report.text)
  }
}
