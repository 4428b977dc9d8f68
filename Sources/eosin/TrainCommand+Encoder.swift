import ArgumentParser
import Foundation
import Sections
import Workbench

/// `eosin train encoder`: an encoder in place of a model.
extension TrainCommand {
  /// What stands where a model's name would.
  static let encoderWord = "encoder"

  /// Refuses what an encoder's training does not have.
  func validateEncoder() throws {
    guard output != nil else { throw ValidationError("Name the encoder's file with --output.") }
    if asksForMoreThanAnEncoder {
      throw ValidationError(
        "An encoder learns from patches alone: --sections, --preset, --epochs, --seed, --set, "
          + "--threads, --output and --force are all it takes.")
    }
  }

  private var asksForMoreThanAnEncoder: Bool {
    holdOut != nil || crossValidate != nil || panel != nil || genes != nil || minSpots != nil
      || normalization != nil || resume || network.from != nil || network.encoder != nil
      || network.learningRate != nil || !network.without.isEmpty || network.monitor
      || network.keep != nil
  }

  /// Trains an encoder and says what it is.
  func trainEncoder() throws {
    let dataSet = try SectionOptions.dataSet(folder)
    var plan = EncoderPlan(sections: try trainingSections(of: dataSet))
    (plan.preset, plan.settings, plan.epochs) = (network.preset, network.settings, network.epochs)
    plan.seed = network.seed ?? plan.seed
    let display = TrainingDisplay()
    let interruption = Interruption()
    let info = try Workbench().trainEncoder(
      plan, of: dataSet, to: URL(filePath: output!),  // `validateEncoder` has seen to it.
      replacing: force, report: display.show, isCancelled: { interruption.hasCome })
    display.finish()
    try json ? printJSON(info) : print(info.text)
  }
}
