import Foundation
import Models
import Sections

/// How an encoder is trained on sections.
public struct EncoderPlan: Sendable {
  /// The sections whose patches are learned from; their expression is not looked at.
  public var sections: [SectionReference]
  /// The preset's name; nil for the first.
  public var preset: String?
  /// `NAME=VALUE` for sizes of the encoder and values of the recipe.
  public var settings: [String] = []
  /// How many epochs; the preset's where nil.
  public var epochs: Int?
  /// Where all random numbers come from.
  public var seed = 0

  /// Plans a training on sections as the first preset has it.
  public init(sections: [SectionReference]) { self.sections = sections }

  /// The preset with what differs.
  func resolved() throws(WorkbenchError) -> EncoderPreset {
    let names = EncoderPreset.all.map(\.name)
    guard var chosen = EncoderPreset.all.first(where: { $0.name == preset ?? names[0] }) else {
      let hint = preset.flatMap { nearest(to: $0, among: names) }.map { " Did you mean '\($0)'?" }
      throw WorkbenchError(
        "There is no encoder's preset '\(preset ?? "")'.\(hint ?? "") There are "
          + "\(names.joined(separator: ", ")).")
    }
    var recipe = chosen.recipe.members
    var sizes = chosen.settings.values
    for (name, value) in try parsedSettings(settings) {
      if recipe[name] != nil { recipe[name] = value } else { sizes[name] = value }
    }
    if let epochs { recipe["epochs"] = .integer(epochs) }
    let encoder = EncoderSettings(chosen.settings.name, sizes)
    guard let overlaid = chosen.recipe.overlaid(with: recipe), encoder.isSound else {
      throw WorkbenchError(
        "No training can be made of \(settings.joined(separator: ", ")). An encoder's sizes are "
          + "\(chosen.settings.values.keys.sorted().joined(separator: ", ")); its recipe has "
          + "\(chosen.recipe.members.keys.sorted().joined(separator: ", ")).")
    }
    (chosen.recipe, chosen.settings) = (overlaid, encoder)
    return chosen
  }
}

extension Workbench {
  /// Trains an encoder on the patches of sections and writes it.
  ///
  /// - Throws: for a section without an image, a preset or setting there is not, a file that is
  ///   already there, and when cancelled; nothing is written then.
  public func trainEncoder(
    _ plan: EncoderPlan, of dataSet: DataSet, to output: URL, replacing: Bool,
    report: @escaping @Sendable (TrainingProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> EncoderInfo {
    if !replacing, FileManager.default.fileExists(atPath: output.path) {
      throw WorkbenchError(
        "\(output.path): is already there. Name another file, or ask to replace it.")
    }
    let preset = try plan.resolved()
    do {
      let inputs = try plan.sections.map { reference in
        try load(reference, of: dataSet).predictionInput(for: "an encoder").input
      }
      let checkpoint = try EncoderCheckpoint.trained(
        preset, seed: plan.seed, on: inputs,
        report: { report(TrainingProgress($0)) }, isCancelled: isCancelled)
      try checkpoint.write(to: output, replacing: replacing)
      return try EncoderInfo(checkpoint, at: output)
    } catch let error as WorkbenchError { throw error } catch {
      throw error as? ModelError == .cancelled ? .cancelled : WorkbenchError("\(error)")
    }
  }

  /// Makes an encoder's file of weights that other software wrote; nil where the name is none of an
  /// encoder.
  public func importEncoder(
    _ url: URL, as name: String, settings: [String], to output: URL, replacing: Bool
  ) throws(WorkbenchError) -> EncoderInfo? {
    guard let entry = try? encoderEntry(named: name) else { return nil }
    do {
      let checkpoint = try EncoderCheckpoint(
        importing: try TensorFile(reading: url), from: url, as: entry,
        settings: try parsedSettings(settings))
      _ = try checkpoint.encoder(file: url.path)
      try checkpoint.write(to: output, replacing: replacing)
      return try EncoderInfo(checkpoint, at: output)
    } catch let error as WorkbenchError { throw error } catch { throw WorkbenchError("\(error)") }
  }

  /// What an encoder's file is; nil where it is no such.
  public func encoderInfo(_ url: URL) -> EncoderInfo? {
    guard let checkpoint = try? EncoderCheckpoint(reading: url) else { return nil }
    return try? EncoderInfo(checkpoint, at: url)
  }
}

extension TrainingProgress {
  fileprivate init(_ progress: EncoderProgress) {
    self.init(stage: progress.stage)
    (epoch, epochs) = (progress.epoch, progress.epochs)
    (step, steps, loss) = (progress.step, progress.steps, progress.loss)
  }
}
