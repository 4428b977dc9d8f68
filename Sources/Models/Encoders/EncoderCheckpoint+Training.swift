import Sections
import TensorCore

/// How far the training of an encoder has come.
public struct EncoderProgress: Sendable, Hashable {
  /// What is being done: a section that is read, or the training itself.
  public var stage: String
  /// Epochs finished, and to be.
  public var epoch = 0, epochs = 0
  /// Steps taken, and to be.
  public var step = 0, steps = 0
  /// The mean loss of the epoch's steps so far.
  public var loss: Double?
}

extension EncoderCheckpoint {
  /// Trains an encoder on the patches of sections, without looking at their expression.
  ///
  /// - Parameters:
  ///   - preset: the encoder, its sizes and the recipe, or what was made of one.
  ///   - sections: whose spots' windows are learned from.
  ///   - windowPixels: the window's side in pixels of the image; nil takes the distance between each
  ///     section's spots.
  ///   - report: hears how far it has come, after each section read and each step.
  ///   - isCancelled: asked between them.
  /// - Throws: for sections with fewer than two spots in all, an image that cannot be read, numbers
  ///   that are no longer finite, and ``ModelError/cancelled``.
  public static func trained(
    _ preset: EncoderPreset, seed: Int, on sections: [SectionInput], windowPixels: Int? = nil,
    report: @escaping @Sendable (EncoderProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(ModelError) -> EncoderCheckpoint {
    guard preset.settings.isSound, let entry = preset.settings.entry else {
      throw ModelError(
        "No encoder can be built of \(JSON.object(preset.settings.values).text). Check the "
          + "settings.")
    }
    guard sections.reduce(0, { $0 + $1.spots.count }) > 1 else {
      throw ModelError("An encoder learns from two spots at least. Name sections with more.")
    }
    return try entry.encoder.trained(
      preset, seed: seed, on: sections, windowPixels: windowPixels, report, isCancelled)
  }
}

extension TileEncoder {
  fileprivate static func trained(
    _ preset: EncoderPreset, seed: Int, on sections: [SectionInput], windowPixels: Int?,
    _ report: @Sendable (EncoderProgress) -> Void, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws(ModelError) -> EncoderCheckpoint {
    let configuration = try configuration(preset.settings.values)
    var parameters = Parameters(listing: ())
    let sizes = Self(configuration, &parameters)
    var patches: [Patches] = []
    for (number, section) in sections.enumerated() {
      report(EncoderProgress(stage: "reading \(section.sectionName)"))
      let side = windowPixels ?? max(1, Int(section.pitchPixels.rounded()))
      let some = section.some(preset.recipe.patchesPerSection, seed: seed, stream: number)
      patches.append(
        try some.patches(
          sizes.patchShape(windowPixels: side), PredictionWork(isCancelled: isCancelled)))
    }
    var training = EncoderTraining(
      Self.self, configuration, preset.recipe, seed: seed, on: patches)
    while !training.isFinished {
      if isCancelled() { throw .cancelled }
      do { try training.takeStep() } catch { throw ModelError(error.description) }
      report(
        EncoderProgress(
          stage: "training", epoch: training.epoch, epochs: preset.recipe.epochs,
          step: training.step, steps: training.stepCount, loss: training.epochLoss))
    }
    return training.checkpoint(
      origin: origin(preset, seed: seed, sections, patches.reduce(0) { $0 + $1.count }))
  }

  private static func origin(
    _ preset: EncoderPreset, seed: Int, _ sections: [SectionInput], _ patches: Int
  ) -> [String: JSON] {
    let names = sections.map(\.sectionName)
    return [
      "summary": .string(
        "trained on \(patches) patches of \(names.joined(separator: ", ")) by Barlow Twins, "
          + "\(preset.recipe.epochs) epochs, preset \(preset.name)"),
      "sections": .array(names.map(JSON.string)), "preset": .string(preset.name),
      "recipe": .object(preset.recipe.members), "seed": .integer(seed),
      "threads": .integer(Threads.count),
    ]
  }
}

extension SectionInput {
  /// The same with at most so many of its spots, by chance, in their order.
  fileprivate func some(_ most: Int, seed: Int, stream: Int) -> SectionInput {
    guard spots.count > most else { return self }
    // Apart from the streams of steps, which are few beside these.
    var generator = SeededGenerator(
      seed: UInt64(bitPattern: Int64(seed)), stream: Int.max - stream)
    var some = self
    some.spots = generator.order(of: spots.count)[..<most].sorted().map { spots[$0] }
    return some
  }
}
