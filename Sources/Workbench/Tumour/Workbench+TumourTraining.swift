import Foundation
import Models
import Sections
import TensorCore

extension Workbench {
  /// Trains a network to map tumour on sections with pathologist's labels, writes it, and maps the
  /// sections held out.
  ///
  /// Sections to train on without labels or without an image are left out, which a note says.
  ///
  /// - Throws: where no section is left, for labels that there are not, a preset or setting there is
  ///   not, a file that is already there, and when cancelled; nothing is written then.
  public func trainTumour(
    _ plan: TumourPlan, of dataSet: DataSet, to output: URL, replacing: Bool,
    report: @escaping @Sendable (TrainingProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> TumourReport {
    if !replacing, FileManager.default.fileExists(atPath: output.path) {
      throw WorkbenchError(
        "\(output.path): is already there. Name another file, or ask to replace it.")
    }
    let training = try TumourRun(plan)
    let work = TrainingWork(report: report, isCancelled: isCancelled)
    var notes: [String] = []
    let trained = try load(plan.trained, of: dataSet, work).filter { section in
      guard let reason = section.reasonAgainstTumour else { return true }
      notes.append("\(section.section.name) is left out: it has no \(reason).")
      return false
    }
    let heldOut = try load(plan.heldOut, of: dataSet, work)
    // What cannot be mapped is refused before the training, not after it.
    for section in heldOut { _ = try section.predictionInput(for: TumourCheckpoint.title) }
    let (checkpoint, secondsPerEpoch) = try training.run(
      on: trained, holdingOut: heldOut, features, work)
    do { try checkpoint.write(to: output, replacing: replacing) } catch {
      throw WorkbenchError(error.description)
    }
    let maps: [(section: Section, map: TumourMap)] = try heldOut.map {
      section throws(WorkbenchError) in
      report(TrainingProgress(stage: "mapping \(section.section.name)"))
      return (section.section, try tumourMap(output, of: section, isCancelled: isCancelled))
    }
    for (section, map) in maps {
      notes += map.notes.map { "\(section.name): \($0)" }
      if map.scores == nil {
        notes.append("\(section.name) is not scored: it has no labels to compare with.")
      }
    }
    do {
      return TumourReport(
        maps, of: try TumourModelInfo(checkpoint, at: output), secondsPerEpoch: secondsPerEpoch,
        notes: notes)
    } catch { throw WorkbenchError(error.description) }
  }
}

/// One training for tumour regions: what the plan says of it, and the sections it is made on.
private struct TumourRun {
  let plan: TumourPlan
  let preset: String
  let recipe: GridRecipe
  let configuration: HiST.Configuration

  init(_ plan: TumourPlan) throws(WorkbenchError) {
    self.plan = plan
    (preset, configuration, recipe) = try plan.resolved()
  }

  /// Trains on sections that have labels; how long an epoch took with it.
  func run(
    on sections: [LoadedSection], holdingOut heldOut: [LoadedSection],
    _ features: any FeatureStore, _ work: TrainingWork
  ) throws(WorkbenchError) -> (checkpoint: TumourCheckpoint, secondsPerEpoch: Double) {
    guard !sections.isEmpty else {
      throw WorkbenchError(
        "No section with an image and pathologist's labels is left to train on. Name some with "
          + "--sections, and hold fewer out.")
    }
    let encoder = try TrainingEncoder(
      of: plan.network.encoder, settings: configuration.encoder, seed: recipe.seed, in: nil, .new)
    let parts = (settings: encoder.checkpoint.settings, weights: encoder.weights)
    do {
      let tumour = try TumourCategories(plan.tumour, in: sections.compactMap(\.section.labels))
      let encoded = try sections.map {
        try $0.forTumour(tumour, parts, features, work)
      }
      let start = ContinuousClock.now
      let network = try HiSTTumour.trained(
        on: encoded, TumourTraining(recipe: recipe, sizes: configuration.sizes), encoder: parts,
        PredictionWork(isCancelled: work.isCancelled)
      ) { work.report(TrainingProgress($0, of: recipe, since: start)) }
      let seconds = (ContinuousClock.now - start).seconds / Double(recipe.epochs)
      let card = card(tumour.names, sections, heldOut, encoder.summary)
      return (
        TumourCheckpoint(network, categories: tumour.names, trainingProtocol: card.members), seconds
      )
    } catch let error as WorkbenchError { throw error } catch {
      throw error as? ModelError == .cancelled ? .cancelled : WorkbenchError("\(error)")
    }
  }

  private func card(
    _ tumour: [String], _ sections: [LoadedSection], _ heldOut: [LoadedSection], _ encoder: String
  ) -> TrainingProtocol {
    func member(_ section: LoadedSection) -> TrainingProtocol.Member {
      .init(section: section.section.name, patient: section.section.patient)
    }
    let usual = HiST.Configuration().members
    let differing = configuration.members.filter {
      usual[$0.key] != $0.value && $0.key != "genes"
    }
    var card = TrainingProtocol(
      preset: preset, without: [], network: differing.mapValues(\.text), encoder: encoder,
      trainedOn: sections.map(member), heldOut: heldOut.map(member), unit: .section, panel: "",
      recipe: recipe.training, seed: recipe.seed, epoch: recipe.epochs, epochRule: .last,
      isMonitored: false, threads: Threads.count, version: Workbench.version)
    card.tumour = tumour
    return card
  }
}

extension LoadedSection {
  /// What the section lacks to learn tumour from; nil where it has all.
  fileprivate var reasonAgainstTumour: String? {
    if section.image == nil { return "image" }
    guard section.labels?.settledCategories.contains(where: { $0 != nil }) == true else {
      return "pathologist's labels"
    }
    return nil
  }

  /// The section's tiles as an encoder sees them, and which spots are tumour; spots labelled
  /// `undetermined` are as those without a label.
  fileprivate func forTumour(
    _ tumour: TumourCategories, _ encoder: (settings: EncoderSettings, weights: [String: Tensor]),
    _ features: any FeatureStore, _ work: TrainingWork
  ) throws -> TumourSection {
    let (input, spots) = try predictionInput(for: TumourCheckpoint.title)
    // A section without labels is not asked.
    var labels = section.labels!
    let settled = labels.settledCategories
    labels.categoryOfSpot = spots.map { settled[$0] }
    let stage = "encoding \(section.name)"
    return try HiSTTumour.section(
      input, labels: labels, tumour: Set(tumour.names), encoder: encoder,
      PredictionWork(
        report: { work.report(TrainingProgress(stage: "\(stage), \(Int($0 * 100)) %")) },
        isCancelled: work.isCancelled, features: features))
  }
}

extension TrainingProgress {
  /// What a training over the grid says at the end of an epoch.
  fileprivate init(
    _ epoch: TumourTraining.Epoch, of recipe: GridRecipe, since start: ContinuousClock.Instant
  ) {
    self.init(stage: TumourCheckpoint.name)
    (self.epoch, epochs) = (epoch.number, recipe.epochs)
    (step, steps) = (epoch.number * epoch.steps, recipe.epochs * epoch.steps)
    (loss, learningRate) = (epoch.loss, epoch.learningRate)
    secondsPerStep = (ContinuousClock.now - start).seconds / Double(step)
    endsEpoch = true
  }
}
