import Foundation
import Models
import Sections

/// What to train and how to hold out.
public struct TrainingPlan: Sendable {
  /// The model's name in the catalog.
  public var model: String
  /// The sections at hand, those held out among them or not.
  public var sections: [SectionReference]
  /// The sections no training sees before they are predicted.
  public var heldOut: [SectionReference]
  /// Whether each section held out has a training of its own, which sees the others.
  public var inTurn: Bool
  /// The genes to predict; nil for all that the training sections share.
  public var panel: Panel?
  /// What to predict.
  public var normalization: Normalization

  /// Makes a plan of its parts.
  public init(
    model: String, sections: [SectionReference], heldOut: [SectionReference], inTurn: Bool,
    panel: Panel?, normalization: Normalization
  ) {
    self.model = model
    self.sections = sections
    self.heldOut = heldOut
    self.inTurn = inTurn
    self.panel = panel
    self.normalization = normalization
  }
}

extension Workbench {
  /// Trains a model, writes it where asked, and scores it on the sections held out.
  ///
  /// With ``TrainingPlan/inTurn`` one model is trained for each section held out, on all others,
  /// and none is written.
  ///
  /// - Parameter output: the checkpoint to write; nil where none is wanted.
  /// - Throws: for a model that cannot be trained here, a section without an image, no sections to
  ///   train on, a panel whose genes the sections do not have, and when cancelled.
  public func train(
    _ plan: TrainingPlan, of dataSet: DataSet, to output: URL? = nil, replacing: Bool = false,
    report: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> TrainingReport {
    let work = PredictionWork(
      report: { report(PredictionProgress(stage: "reading images and fitting", fraction: $0)) },
      isCancelled: isCancelled)
    let entry: ModelEntry
    do { entry = try modelEntry(named: plan.model) } catch {
      throw WorkbenchError(error.description)
    }
    guard entry.name == Ridge.entry.name else {
      throw WorkbenchError(
        "\(entry.title) cannot be trained here yet; ridge can. Import a checkpoint of the "
          + "authors' code with 'eosin model import'.")
    }
    let trainings = try plan.trainings()
    if let output, !replacing, FileManager.default.fileExists(atPath: output.path) {
      // Before the work, not after it.
      throw WorkbenchError(
        "\(output.path): is already there. Name another file, or ask to replace it.")
    }
    let references = plan.all
    var loaded: [LoadedSection] = []
    do {
      for reference in references {
        loaded.append(
          try load(reference, of: dataSet, panel: plan.panel, normalization: plan.normalization))
      }
    } catch { throw WorkbenchError(error.description) }
    let (genes, notes) = try plan.genes(
      of: loaded.filter { section in
        trainings.contains { $0.trained.contains(section.section.name) }
      })
    let ridges = try RidgeTraining(
      loaded, genes: genes, normalization: plan.normalization, work.part(from: 0, to: 0.6))
    func place(_ name: String) -> Int { references.firstIndex { $0.name == name }! }  // From `all`.
    var rows: [TrainingReport.Row] = []
    for (turn, training) in trainings.enumerated() {
      let part = 0.4 / Double(trainings.count)
      let trained = training.trained.map(place)
      let (checkpoint, fit) = try ridges.checkpoint(
        on: trained,
        work.part(from: 0.6 + part * Double(turn), to: 0.6 + part * Double(turn + 1)))
      for name in training.heldOut {
        rows.append(
          try ridges.row(
            heldOut: place(name), trainedOn: trained, by: checkpoint, fit, self))
      }
      if let output, !plan.inTurn {
        do { try checkpoint.write(to: output, replacing: replacing) } catch {
          throw WorkbenchError(error.description)
        }
      }
    }
    let unit = trainings.allSatisfy { $0.trained.count > 1 } ? "section" : "quarter of the spots"
    return TrainingReport(
      model: entry.title, genes: genes.count,
      normalization: "\(plan.normalization.name): "
        + plan.normalization.formula(panelSize: genes.count),
      choice: "penalty chosen on the training sections alone, by holding out each \(unit) in turn",
      heldOut: rows, mean: TrainingReport.Means(rows), file: plan.inTurn ? nil : output?.path,
      notes: notes)
  }
}

extension TrainingPlan {
  /// One training: the names of the sections it sees, and of those it is scored on.
  struct Training {
    let trained: [String]
    let heldOut: [String]
  }

  /// Every section, once.
  var all: [SectionReference] {
    sections + heldOut.filter { held in !sections.contains { $0.name == held.name } }
  }

  func trainings() throws(WorkbenchError) -> [Training] {
    let names = heldOut.map(\.name)
    let turns = inTurn ? names.map { [$0] } : [names]
    let trainings = turns.map { held in
      Training(trained: all.map(\.name).filter { !held.contains($0) }, heldOut: held)
    }
    guard !trainings.isEmpty else {
      throw WorkbenchError("No section is held out in turn. Name some with --hold-out.")
    }
    guard trainings.allSatisfy({ !$0.trained.isEmpty }) else {
      throw WorkbenchError(
        "Every section is held out, so there is none to train on. Name more with --sections.")
    }
    return trainings
  }

  /// The panel's genes, or all, that every training section has.
  func genes(
    of sections: [LoadedSection]
  ) throws(WorkbenchError) -> (genes: [String], notes: [String]) {
    let wanted = panel?.genes ?? sections[0].section.genes
    var shared = Set(wanted)
    for section in sections { shared.formIntersection(section.section.genes) }
    let genes = wanted.filter(shared.contains)
    guard !genes.isEmpty else {
      throw WorkbenchError(
        "The training sections share none of the genes of \(panel?.name ?? "each other"). Name "
          + "another --panel.")
    }
    let missing = panel == nil ? [] : wanted.filter { !shared.contains($0) }
    let notes =
      missing.isEmpty
      ? []
      : [
        "\(missing.count) of the panel's genes are not in every training section and are left out: "
          + missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? ", …" : "")
      ]
    return (genes, notes)
  }
}
