import Evaluation
import Sections
import Workbench

/// One method on one section of the data set, by its index.
struct EvaluationKey: Sendable, Hashable {
  var section: Int
  var method: String
}

/// How a method does on the sections of the data set, as far as it has been found out.
struct MethodEvaluation: Sendable {
  /// How far one section is.
  enum State: Sendable {
    case working(PredictionProgress?)
    case failed(String)
    case done(SectionScores)

    var scores: SectionScores? {
      if case .done(let scores) = self { return scores }
      return nil
    }

    var problem: String? {
      if case .failed(let problem) = self { return problem }
      return nil
    }
  }

  /// By the section's index.
  private(set) var sections: [Int: State] = [:]
  /// Tables and card of the sections scored; nil before the first.
  private(set) var report: EvaluationReport?
  /// The card of each section alone.
  private var cards: [Int: ProtocolCard] = [:]

  /// Takes in how far a section is, nil for one to be asked for anew.
  mutating func take(_ state: State?, ofSection index: Int, _ plan: EvaluationPlan) {
    sections[index] = state
    if let scores = state?.scores {
      cards[index] = EvaluationReport([scores], of: plan).cards.first
    } else {
      guard cards.removeValue(forKey: index) != nil else { return }
    }
    summarize(plan)
  }

  /// Forgets the sections whose scores depend on the normalization chosen.
  mutating func forgetAssumed(_ plan: EvaluationPlan) {
    for (index, state) in sections {
      guard state.scores?.methods.contains(where: \.normalizationIsAssumed) == true else {
        continue
      }
      (sections[index], cards[index]) = (nil, nil)
    }
    summarize(plan)
  }

  /// Whether a section could not be scored.
  var hasFailed: Bool { sections.values.contains { $0.problem != nil } }

  /// Forgets what failed, to be tried again.
  mutating func forgetFailed() { sections = sections.filter { $0.value.problem == nil } }

  /// The card of one section, or of all scored together.
  func card(ofSection index: Int?) -> ProtocolCard? {
    index.map { cards[$0] } ?? report?.cards.first
  }

  /// A row of the table: one section's, or the mean over those scored.
  func summary(ofSection index: Int?) -> EvaluationReport.Summary? {
    guard let index else { return report?.summaries.last }
    return sections[index]?.scores.flatMap { scores in
      report?.summaries.first { $0.section == scores.section }
    }
  }

  private mutating func summarize(_ plan: EvaluationPlan) {
    let scored = sections.sorted { $0.key < $1.key }.compactMap(\.value.scores)
    report = scored.isEmpty ? nil : EvaluationReport(scored, of: plan)
  }
}

extension EvaluationSettings {
  /// How the viewer scores: without intervals and clusters, which take longest.
  public static let ofViewer: EvaluationSettings = {
    var settings = EvaluationSettings()
    settings.bootstrapReplicates = 0
    return settings
  }()
}
