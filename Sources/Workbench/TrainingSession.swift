import Evaluation
import Foundation
import Models
import Sections
import TensorCore

/// One run from its beginning, or from where it was saved, to its last epoch.
struct TrainingSession<Model: TrainableModel> {
  private var run: TrainingRun<Model>
  private var description: RunDescription
  private let heldOut: [(loaded: LoadedSection, section: TrainingSection)]
  private let trainedOn: [LoadedSection]
  private let folder: RunFolder?
  private let work: TrainingWork
  private var metrics: [EpochMetrics] = []
  private var notes: [String] = []
  private var clock = SavingClock()
  private let startStep: Int
  private var trainingTime = Duration.zero

  /// Begins a run or takes one up.
  ///
  /// - Throws: when the folder holds another run, cannot be written to, or has no room left.
  init(
    run: TrainingRun<Model>, description: RunDescription,
    heldOut: [(LoadedSection, TrainingSection)], trainedOn: [LoadedSection], in url: URL?,
    _ start: RunStart, _ work: TrainingWork
  ) throws(WorkbenchError) {
    self.run = run
    self.description = description
    self.heldOut = heldOut
    self.trainedOn = trainedOn
    self.work = work
    folder = try url.map { url throws(WorkbenchError) in try RunFolder(url) }
    if let folder {
      try folder.checkRoom(forBytes: run.stateByteCount * 4 / 3)
      switch start {
      case .resumed where folder.holdsRun:
        let begun = try Self.takeUp(&self.run, folder, description)
        self.description.start = begun.start
        if begun.threads != description.threads {
          notes = [
            "The run was begun with --threads \(begun.threads) and goes on with "
              + "\(description.threads): its last bits may come out otherwise."
          ]
        }
      case .new where folder.holdsRun:
        throw WorkbenchError(
          "\(folder.url.path): holds a run already. Add --resume to go on with it, or --force to "
            + "begin anew.")
      default: try folder.begin(description)
      }
      metrics = folder.readMetrics(upTo: self.run.epoch)
      try folder.write(metrics)
    }
    startStep = self.run.step
  }

  /// Brings a run to where the folder has it; what it was begun as.
  private static func takeUp(
    _ run: inout TrainingRun<Model>, _ folder: RunFolder, _ description: RunDescription
  ) throws(WorkbenchError) -> RunDescription {
    let begun = try folder.readDescription()
    let differing = description.differences(from: begun)
    guard differing.isEmpty else {
      throw WorkbenchError(
        "\(folder.url.path): the run there was begun with another "
          + "\(differing.joined(separator: ", ")). Give the same options, or none but --resume; "
          + "--force begins anew.")
    }
    if folder.hasState {
      do { try run.restore(from: folder.state) } catch { throw WorkbenchError(error.description) }
    }
    var description = description
    description.start = begun.start
    try folder.write(description)
    return begun
  }

  /// Trains to the last epoch, saving on the way, and predicts what was held out.
  ///
  /// - Throws: when asked to stop, with all that was done saved; when numbers leave what a `Float`
  ///   holds; when a file cannot be written. What was saved before stays.
  mutating func complete() throws(WorkbenchError) -> TrainingOutcome {
    var epochTime = Duration.zero
    while !run.isFinished {
      if work.isCancelled() { throw try stopped() }
      let start = ContinuousClock.now
      let step: TrainingStep
      do { step = try run.takeStep() } catch { throw WorkbenchError(error.description) }
      trainingTime += .now - start
      epochTime += .now - start
      let ends = run.step % run.stepsPerEpoch == 0
      var progress = progress(step)
      if ends {
        let finished = finishedEpoch(step, seconds: epochTime.seconds)
        epochTime = .zero
        progress.endsEpoch = true
        progress.heldOutCorrelation = finished.heldOutCorrelation
        try keepIfBest(finished)
        metrics.append(finished)
        try folder?.append(finished)
      }
      work.report(progress)
      if clock.isTime(atEpochEnd: ends) || run.isFinished { try save() }
    }
    // A finished run whose checkpoint somebody took away writes it again.
    if let folder, description.epochRule == .last,
      !FileManager.default.fileExists(atPath: folder.checkpoint.path)
    {
      try save()
    }
    return try outcome(
      secondsPerEpoch: secondsPerStep.map { $0 * Double(run.stepsPerEpoch) })
  }

  /// How long a step took here, saving and scoring aside.
  private var secondsPerStep: Double? {
    run.step > startStep ? trainingTime.seconds / Double(run.step - startStep) : nil
  }

  private func progress(_ step: TrainingStep) -> TrainingProgress {
    var progress = TrainingProgress(stage: stage)
    (progress.epoch, progress.epochs) = (run.epoch, run.recipe.epochs)
    (progress.step, progress.steps) = (run.step, run.stepCount)
    (progress.loss, progress.learningRate) = (run.epochLoss, step.learningRate)
    progress.secondsPerStep = secondsPerStep
    return progress
  }

  private var stage: String {
    heldOut.isEmpty
      ? Model.entry.name
      : "\(Model.entry.name) without \(description.heldOut.joined(separator: ", "))"
  }

  private func finishedEpoch(_ step: TrainingStep, seconds: Double) -> EpochMetrics {
    EpochMetrics(
      epoch: run.epoch, step: run.step, loss: run.epochLoss, learningRate: step.learningRate,
      seconds: seconds,
      heldOutCorrelation: description.isMonitored ? meanCorrelationHeldOut() : nil)
  }

  /// The mean over held-out sections of the mean correlation over genes; nil where there is none.
  private func meanCorrelationHeldOut() -> Double? {
    let means = heldOut.compactMap { loaded, section in
      MethodScores(
        of: prediction(of: loaded, section), on: loaded, otherwise: description.normalization
      ).summary.mean
    }
    return means.isEmpty ? nil : means.reduce(0, +) / Double(means.count)
  }

  private func prediction(of loaded: LoadedSection, _ section: TrainingSection) -> Prediction {
    Prediction(
      method: Model.entry.title, genes: description.genes,
      spotCount: loaded.section.spots.count,
      values: loaded.valuesByGene(run.prediction(of: section), at: section.spots),
      normalization: description.normalization)
  }
}

// What is kept.
extension TrainingSession {
  private mutating func save() throws(WorkbenchError) {
    guard let folder else { return }
    let start = ContinuousClock.now
    do {
      try run.writeState(to: folder.state)
      if description.epochRule == .last { try writeCheckpoint(folder) }
    } catch {
      let kept = metrics.isEmpty ? "" : " What was saved before is still there."
      throw WorkbenchError("\(error.description)\(kept) Go on with --resume.")
    }
    clock.saved(since: start)
  }

  private func keepIfBest(_ epoch: EpochMetrics) throws(WorkbenchError) {
    guard let folder, description.epochRule == .best else { return }
    let before = metrics.compactMap(\.heldOutCorrelation).max() ?? -.infinity
    guard let score = epoch.heldOutCorrelation, score > before else { return }
    do { try writeCheckpoint(folder) } catch { throw WorkbenchError(error.description) }
  }

  private func writeCheckpoint(_ folder: RunFolder) throws(CheckpointError) {
    try run.checkpoint(
      genes: description.genes, normalization: description.normalization, trainingProtocol
    ).write(to: folder.checkpoint, replacing: true)
  }

  private var trainingProtocol: TrainingProtocol {
    func member(_ section: LoadedSection) -> TrainingProtocol.Member {
      .init(section: section.section.name, patient: section.section.patient)
    }
    return TrainingProtocol(
      preset: description.preset, without: description.without,
      network: description.settings, encoder: description.encoder,
      trainedOn: trainedOn.map(member), heldOut: heldOut.map { member($0.loaded) },
      unit: description.unit, panel: description.panel, recipe: description.recipe,
      start: description.start?.text, seed: description.seed, epoch: run.epoch,
      epochRule: description.epochRule,
      isMonitored: description.isMonitored, threads: description.threads,
      version: description.version)
  }

  private mutating func stopped() throws(WorkbenchError) -> WorkbenchError {
    guard let folder else { return .cancelled }
    try save()
    return WorkbenchError(
      "Stopped after step \(run.step) of \(run.stepCount), \(run.epoch) of \(run.recipe.epochs) "
        + "epochs; all of it is saved. Go on with: eosin train --resume --output \(folder.url.path)"
    )
  }

  private func outcome(secondsPerEpoch: Double?) throws(WorkbenchError) -> TrainingOutcome {
    var training = trainingProtocol
    var epoch = run.epoch
    var rows: [TrainingReport.Row] = []
    if description.epochRule == .best, let best = metrics.bestEpoch { epoch = best }
    training.epoch = epoch
    for (loaded, section) in heldOut {
      rows.append(
        TrainingReport.Row(
          loaded, trainedOn: trainedOn, scores: try bestOrLast(on: loaded, section)))
    }
    return TrainingOutcome(
      rows: rows, file: folder?.checkpoint,
      card: training.card.map { .init(label: $0.label, text: $0.text) }, epochs: run.epoch,
      secondsPerEpoch: secondsPerEpoch, notes: notes)
  }

  /// The scores of the weights kept: those of the best epoch's file, or of the run itself.
  private func bestOrLast(
    on loaded: LoadedSection, _ section: TrainingSection
  ) throws(WorkbenchError) -> MethodScores {
    let workbench = Workbench()
    var prediction = prediction(of: loaded, section)
    if description.epochRule == .best, let folder {
      prediction = try workbench.predict(
        Method(name: Model.entry.title, source: .checkpoint(folder.checkpoint)), loaded)
    }
    return workbench.scores(
      of: prediction, on: loaded, otherwise: description.normalization)
  }
}

extension [EpochMetrics] {
  /// The first of the epochs with the highest correlation.
  fileprivate var bestEpoch: Int? {
    compactMap { epoch in epoch.heldOutCorrelation.map { (epoch.epoch, $0) } }
      .max { $0.1 < $1.1 }?.0
  }
}

/// Says when to save so that saving takes at most a twentieth of the time: after every epoch where
/// that is quick, and within a minute or so of long epochs.
private struct SavingClock {
  private var last = ContinuousClock.now
  private var cost: Duration = .zero

  func isTime(atEpochEnd ends: Bool) -> Bool {
    let waited = ContinuousClock.now - last
    return waited >= cost * 20 && (ends || waited >= .seconds(60))
  }

  mutating func saved(since start: ContinuousClock.Instant) {
    last = .now
    cost = last - start
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
