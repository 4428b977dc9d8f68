import Foundation
import Models
import Sections
import TensorCore

extension Workbench {
  /// The version of Eosin, as `eosin --version` prints it and checkpoints remember it.
  public static let version = "0.1.0"

  /// Trains a model, writes it where asked, and scores it on the sections held out.
  ///
  /// In a cross-validation a model is trained for each fold; of the baseline none is written, of a
  /// network each fold's run has a folder of its own within `output`.
  ///
  /// - Parameters:
  ///   - output: the baseline's checkpoint to write, or the folder of a network's run; nil where
  ///     nothing is to be kept.
  ///   - start: whether what is there is replaced or gone on with.
  /// - Throws: for a section without an image, no sections to train on, genes that the sections do
  ///   not have, a folder that holds another run or cannot be written to, numbers that grow beyond
  ///   all bounds, and when cancelled: what was done is saved then.
  public func train(
    _ plan: TrainingPlan, of dataSet: DataSet, to output: URL? = nil, start: RunStart = .new,
    report: @escaping @Sendable (TrainingProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> TrainingReport {
    let work = TrainingWork(report: report, isCancelled: isCancelled)
    let entry: ModelEntry
    do { entry = try modelEntry(named: plan.model) } catch {
      throw WorkbenchError(error.description)
    }
    let folds = try plan.folds()
    if let model = entry.model as? any TrainableModel.Type {
      return try train(model, plan, folds, dataSet, output, start, work)
    }
    return try fitRidges(plan, folds, dataSet, output, start, work)
  }

  /// What a model's preset predicts where nothing else is asked for; `preset` nil for its first.
  public func normalization(
    ofModel name: String, preset: String?
  ) throws(WorkbenchError) -> Normalization {
    let entry: ModelEntry
    do { entry = try modelEntry(named: name) } catch { throw WorkbenchError(error.description) }
    guard let model = entry.model as? any TrainableModel.Type else { return .released }
    return try model.preset(named: preset).normalization
  }

  /// Goes on with the run in a folder as it was begun, but for the number of epochs.
  public func resume(
    _ folder: URL, epochs: Int? = nil,
    report: @escaping @Sendable (TrainingProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> TrainingReport {
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw WorkbenchError("\(folder.path): is not there. Name the folder of a run.")
    }
    let run = try RunFolder(folder).readDescription()
    do {
      var dataSet = try DataSet(opening: URL(filePath: run.dataSet))
      if let nuclei = run.nuclei { dataSet = try dataSet.with(nuclei: nuclei, ofSection: nil) }
      return try train(
        try TrainingPlan(of: run, epochs: epochs, dataSet), of: dataSet, to: folder,
        start: .resumed, report: report, isCancelled: isCancelled)
    } catch let error as WorkbenchError { throw error } catch { throw WorkbenchError("\(error)") }
  }

  private func train<Model: TrainableModel>(
    _ model: Model.Type, _ plan: TrainingPlan, _ folds: [TrainingFold], _ dataSet: DataSet,
    _ output: URL?, _ start: RunStart, _ work: TrainingWork
  ) throws(WorkbenchError) -> TrainingReport {
    if let output, output.pathExtension == "safetensors" {
      throw WorkbenchError(
        "\(output.path): a run of \(Model.entry.title) is a folder, in which its checkpoint lies. "
          + "Name one that does not end in .safetensors.")
    }
    let training = try NetworkTraining(model, plan, features: features)
    _ = try training.configuration(genes: 1)  // Refuses settings before anything is read.
    let loaded = try load(plan.all, of: dataSet, under: plan.normalization, work)
    var outcomes: [TrainingOutcome] = []
    var chosen: [ChosenGenes] = []
    for fold in folds {
      let genes = try plan.genes(of: loaded, in: fold)
      let folder = plan.crossValidation == nil ? output : output?.appending(path: fold.folderName)
      outcomes.append(
        try training.train(fold, of: loaded, genes, dataSet, in: folder, start, work))
      chosen.append(genes)
    }
    return TrainingReport(Model.entry, plan, chosen, outcomes, choice: nil)
  }

  private func fitRidges(
    _ plan: TrainingPlan, _ folds: [TrainingFold], _ dataSet: DataSet, _ output: URL?,
    _ start: RunStart, _ work: TrainingWork
  ) throws(WorkbenchError) -> TrainingReport {
    guard start != .resumed else {
      throw WorkbenchError("A ridge is fitted at once: there is nothing to resume.")
    }
    if let output, start == .new, FileManager.default.fileExists(atPath: output.path) {
      // Before the work, not after it.
      throw WorkbenchError(
        "\(output.path): is already there. Name another file, or ask to replace it.")
    }
    let loaded = try load(plan.all, of: dataSet, under: plan.normalization, work)
    let part = PredictionWork(
      report: { work.report(TrainingProgress(stage: "reading images, \(Int($0 * 100)) %")) },
      isCancelled: work.isCancelled)
    let ridges = try RidgeTraining(loaded, normalization: plan.normalization, part)
    var outcomes: [TrainingOutcome] = []
    var chosen: [ChosenGenes] = []
    for fold in folds {
      let genes = try plan.genes(of: loaded, in: fold)
      outcomes.append(
        try ridges.train(
          fold, genes, to: plan.crossValidation == nil ? output : nil,
          replacing: start == .anew, PredictionWork(isCancelled: work.isCancelled)))
      chosen.append(genes)
    }
    let unit = folds.allSatisfy { $0.trained.count > 1 } ? "section" : "quarter of the spots"
    return TrainingReport(
      Ridge.entry, plan, chosen, outcomes,
      choice: "penalty chosen on the training sections alone, by holding out each \(unit) in turn")
  }

  /// Reads the sections of a training.
  func load(
    _ references: [SectionReference], of dataSet: DataSet,
    under normalization: Normalization? = nil,
    _ work: TrainingWork
  ) throws(WorkbenchError) -> [LoadedSection] {
    var loaded: [LoadedSection] = []
    for reference in references {
      try work.check()
      work.report(TrainingProgress(stage: "reading \(reference.name)"))
      do {
        loaded.append(try load(reference, of: dataSet, normalization: normalization))
      } catch { throw WorkbenchError(error.description) }
    }
    return loaded
  }
}

extension TrainingFold {
  /// What its run's folder is called within that of a cross-validation.
  fileprivate var folderName: String { heldOut.joined(separator: "+") }
}

extension TrainingPlan {
  /// The genes to predict in a fold, chosen from what it trains on.
  fileprivate func genes(
    of loaded: [LoadedSection], in fold: TrainingFold
  ) throws(WorkbenchError) -> ChosenGenes {
    try genes.genes(in: loaded.filter { fold.trained.contains($0.section.name) })
  }

  /// The plan that a run was begun by.
  fileprivate init(of run: RunDescription, epochs: Int?, _ dataSet: DataSet) throws {
    self.init(model: run.model, sections: try run.sections.map(dataSet.reference(named:)))
    heldOut = try run.heldOut.map(dataSet.reference(named:))
    genes = .as(run.genes, described: run.panel)
    normalization = run.normalization
    network.preset = run.preset
    network.without = run.without
    network.settings = run.settings.map { "\($0)=\($1)" }.sorted()
    let recipe = run.recipe.members.map { "\($0)=\($1.text)" }.sorted()
    network.settings += recipe
    network.epochs = epochs
    network.seed = run.seed
    network.start = run.start.map { URL(filePath: $0.path) }
    network.isMonitored = run.isMonitored
    network.epochRule = run.epochRule
  }
}

extension TrainingReport {
  fileprivate init(
    _ entry: ModelEntry, _ plan: TrainingPlan, _ chosen: [ChosenGenes],
    _ outcomes: [TrainingOutcome], choice: String?
  ) {
    let rows = outcomes.flatMap(\.rows)
    let last = outcomes[outcomes.count - 1]  // There is a fold at least.
    let times = outcomes.compactMap(\.secondsPerEpoch)
    self.init(
      model: entry.title, genes: chosen[0].genes.count,
      normalization: "\(plan.normalization.name): "
        + plan.normalization.formula(panelSize: chosen[0].genes.count),
      panel: chosen[0].description, choice: choice, unit: plan.crossValidation ?? .section,
      heldOut: rows, mean: Means(rows),
      file: outcomes.count == 1 ? last.file?.path : nil,
      card: last.card.filter { outcomes.count == 1 || !$0.isOfFold },
      epochs: last.epochs,
      secondsPerEpoch: times.isEmpty ? nil : times.reduce(0, +) / Double(times.count),
      notes: chosen[0].notes + outcomes.flatMap(\.notes))
  }
}
