import Evaluation
import Foundation
import Sections

/// How a method's scores came about: printed, drawn and exported with every one of them.
///
/// Published correlations of this field cannot be compared without it: what was held out and by which
/// unit, what became of constant genes, and over which places.
public struct ProtocolCard: Sendable, Hashable, Codable {
  /// A section that was scored, and what the model knew of it.
  public struct Scored: Sendable, Hashable, Codable {
    /// The section's name.
    public var section: String
    /// Whose tissue it is.
    public var patient: String
    /// What the model knew of it.
    public var standing: Standing
    /// The hash of its spots, genes and counts.
    public var fingerprint: String
  }

  /// The method's name.
  public var method: String
  /// What was scored.
  public var sections: [Scored]
  /// Where the values come from; nil when nobody says.
  public var origin: PredictionOrigin?
  /// What the values are, in words.
  public var values: String
  /// Which genes, and what happens to those without a correlation.
  public var genes: String
  /// The places that scores were taken over.
  public var places: String
  /// How neighbouring sections were compared; nil where none were.
  public var neighbours: String?
  /// The seed of the evaluation.
  public var seed: UInt64
  /// The version of Eosin that scored it.
  public var version: String

  /// The card of a method in an evaluation.
  init(_ method: String, _ sections: [SectionScores], _ plan: EvaluationPlan) {
    let scored = sections.compactMap { section in
      section.method(method).map { (section: section, columns: $0) }
    }
    self.method = method
    self.sections = scored.map { section, columns in
      Scored(
        section: section.section, patient: section.patient, standing: columns.standing,
        fingerprint: section.fingerprint)
    }
    // Folds have weights of their own: what they share is said once.
    let origins = scored.map(\.columns.origin)
    origin = origins.first.flatMap { first in
      first.map { $0.common(to: origins.compactMap(\.self)) }
    }
    let columns = scored.first?.columns
    let genes = scored.map { $0.section.genes.count - $0.columns.missingGenes.count }
    values =
      columns.map { columns in
        let assumed = columns.normalizationIsAssumed ? ", assumed since nobody says" : ""
        let formula = columns.normalization.formula(panelSize: genes.max() ?? 0)
        return "\(columns.normalization.name): \(formula)\(assumed)"
      } ?? "none"
    let counts = Set(genes).sorted().map(\.grouped).joined(separator: " to ")
    self.genes = "\(counts) genes; those without a correlation \(plan.settings.constantGenes.words)"
    places = plan.settings.places.words(sections)
    seed = plan.settings.seed
    version = Workbench.version
  }

  /// What makes the scores better than they would be on new tissue, or leaves it open: in plain words.
  public var warnings: [String] {
    var warnings: [String] = []
    let unknown = sections.filter { $0.standing == .unknown }
    let trained = sections.filter { $0.standing == .trainedOn }
    let seen = Set(sections.filter { $0.standing == .patientSeen }.map(\.patient)).sorted()
    if !unknown.isEmpty { warnings.append(Standing.unknown.rawValue) }
    if !trained.isEmpty {
      warnings.append("trained on \(trained.map(\.section).joined(separator: ", ")) itself")
    }
    warnings += seen.map { "patient \($0) seen in training" }
    if origin?.choosesEpochByHeldOut == true {
      warnings.append("epoch chosen by the score on the sections held out")
    }
    return warnings
  }

  /// The card's lines: a label and what it says.
  public var lines: [PredictionOrigin.Fact] {
    let standings = Standing.allCases.compactMap { standing -> String? in
      let names = sections.filter { $0.standing == standing }.map(\.section)
      return names.isEmpty ? nil : "\(names.joined(separator: ", ")): \(standing.rawValue)"
    }
    var lines = [PredictionOrigin.Fact(label: "scored", text: standings.joined(separator: "; "))]
    if let origin {
      lines.append(.init(label: "made by", text: origin.summary))
      lines += origin.facts ?? origin.trainingFacts
      if let print = origin.checkpoint { lines.append(.init(label: "weights", text: print)) }
    } else {
      lines.append(.init(label: "made by", text: "not said; a file beside the table can tell"))
    }
    lines += [
      .init(label: "values", text: values), .init(label: "scored on", text: genes),
      .init(label: "places", text: places),
    ]
    if let neighbours { lines.append(.init(label: "neighbours", text: neighbours)) }
    lines += [
      .init(label: "scored by", text: "Eosin \(version), seed \(seed)")
    ]
    return lines
  }

  /// What makes the scores doubtful, or the standing where nothing does.
  public var headline: String {
    let warnings = warnings
    guard warnings.isEmpty else { return warnings.joined(separator: "; ") }
    return Standing.patientUnseen.rawValue
  }

  /// The card as lines of text under the method's name.
  public var text: String {
    return (["\(method) — \(headline)"] + lines.map { "  \($0.label.fitted(to: 10))  \($0.text)" })
      .joined(separator: "\n")
  }
}

extension EvaluationReport {
  /// The cards in a line or two, for pictures that stand alone: what each method knew of what it is
  /// scored on, and how all of them were scored.
  public var protocolLine: String {
    guard let first = cards.first else { return "" }
    var headlines: [String] = []
    for card in cards where !headlines.contains(card.headline) { headlines.append(card.headline) }
    let standings = headlines.map { headline in
      let names = cards.filter { $0.headline == headline }.map(\.method)
      return "\(names.joined(separator: ", ")): \(headline)"
    }
    func shared(_ value: (ProtocolCard) -> String) -> [String] {
      cards.allSatisfy { value($0) == value(first) } ? [value(first)] : []
    }
    let facts =
      shared(\.values) + shared(\.genes) + [first.places, "Eosin \(version), seed \(first.seed)"]
    return (standings + facts).joined(separator: "; ") + "."
  }
}

extension PredictionOrigin {
  /// What was in training and what was not, where the protocol has no lines of its own.
  fileprivate var trainingFacts: [Fact] {
    var facts: [Fact] = []
    if let trainedOn {
      let patients = Set(trainedOn.map(\.patient)).sorted().joined(separator: ", ")
      let sections = trainedOn.map(\.section).joined(separator: ", ")
      facts.append(Fact(label: "trained on", text: "\(sections); patients \(patients)"))
    }
    if let heldOut, !heldOut.isEmpty {
      facts.append(Fact(label: "held out", text: heldOut.joined(separator: ", ")))
    }
    return facts
  }

  /// What the origins of a method's folds have in common: the first one's words, without what
  /// differs.
  fileprivate func common(to origins: [PredictionOrigin]) -> PredictionOrigin {
    guard origins.contains(where: { $0 != self }) else { return self }
    var common = PredictionOrigin(summary: "\(Set(origins).count) sets of weights, one a fold")
    func shared<Value: Equatable>(_ value: (PredictionOrigin) -> Value?) -> Value? {
      origins.allSatisfy { value($0) == value(self) } ? value(self) : nil
    }
    common.model = shared(\.model)
    common.without = shared(\.without)
    common.seed = shared(\.seed)
    common.version = shared(\.version)
    // Chosen by what it is scored on once is chosen.
    common.choosesEpochByHeldOut = origins.contains { $0.choosesEpochByHeldOut == true }
    common.facts = facts?.filter { fact in
      origins.allSatisfy { $0.facts?.contains(fact) == true }
    }
    return common
  }
}

extension CorrelationSummary.ConstantGenes {
  /// What becomes of such genes, as the end of a sentence.
  public var words: String {
    switch self {
    case .leftOut: "left out"
    case .countedAsZero: "counted as 0"
    case .propagated: "leave no mean"
    }
  }
}

extension EvaluationSettings.Places {
  fileprivate func words(_ sections: [SectionScores]) -> String {
    switch self {
    case .tissue: return "spots under tissue only"
    case .grid:
      let cells = sections.map { "\($0.section) \($0.backgroundCells.grouped)" }
      return "the whole grid: cells without a spot count as 0 on both sides, which raises "
        + "correlations (\(cells.joined(separator: ", ")) such cells); what is attainable and "
        + "intervals are of spots, and left out"
    }
  }
}
