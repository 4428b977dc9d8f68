import Evaluation
import Foundation
import Sections

/// How much alike two neighbouring sections of a patient are: in what a method predicts of them, and
/// beside it in what was observed of the same genes and spots.
///
/// See ``SectionConsistency`` for the two numbers.
public struct NeighbourConsistency: Sendable, Hashable, Codable {
  /// What one kind of expression comes to.
  public struct Numbers: Sendable, Hashable, Codable {
    /// The mean over genes of the correlation over matched spots; nil where no gene has one.
    public var spotwise: Double?
    /// Genes without a correlation, which are in no mean.
    public var constantGenes: Int
    /// The correlation over genes of their means; nil where there is none.
    public var profile: Double?
  }

  /// The method's name.
  public var method: String
  /// Whose tissue both are.
  public var patient: String
  /// The sections' names, in the order of the evaluation.
  public var first: String
  /// As above.
  public var second: String
  /// Spots of each that have a partner in the other.
  public var matchedSpots: Int
  /// Genes predicted on both that both sections have.
  public var genes: Int
  /// Of what the method predicts.
  public var predicted: Numbers
  /// Of what was measured, under the method's normalization.
  public var observed: Numbers

  /// What the numbers are, in words.
  public static let explanation =
    "Two sections of a patient that follow one another in the evaluation; spots at the same place of "
    + "the array are matched one to one, and nothing moves one section onto the other. Spotwise: the "
    + "mean over genes of Pearson's correlation of one section with the other over matched spots. "
    + "Profile: Pearson's correlation over genes of their means. The observed numbers are of the same "
    + "genes and spots under the method's normalization: a prediction far above them is smoother than "
    + "the tissue, one far below loses what the sections share."

  /// The same where a line has to do.
  static let line =
    "sections of a patient that follow one another, spots matched by their place on the array; mean "
    + "over genes of the correlation over matched spots, and the correlation of genes' means"
}

extension EvaluationPlan {
  /// Sections of one patient that follow one another.
  public var neighbours: [(first: SectionReference, second: SectionReference)] {
    var last: [String: SectionReference] = [:]
    return sections.compactMap { section in
      defer { last[section.patient] = section }
      return last[section.patient].map { ($0, section) }
    }
  }
}

extension Workbench {
  /// Compares neighbouring sections of each patient; nothing where there are none.
  ///
  /// Predictions made for the scores come out of the cache.
  /// - Throws: what cannot be read or predicted.
  public func consistency(
    of plan: EvaluationPlan,
    progress: @escaping @Sendable (PredictionProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> [NeighbourConsistency] {
    let pairs = plan.neighbours
    var found: [NeighbourConsistency] = []
    // Pairs follow one another: the second of one is often the first of the next.
    var kept: (name: String, side: SectionSides)?
    for (place, pair) in pairs.enumerated() {
      func sides(_ reference: SectionReference) throws(WorkbenchError) -> SectionSides {
        if let kept, kept.name == reference.name { return kept.side }
        return try SectionSides(reference, plan, self, isCancelled)
      }
      progress(
        PredictionProgress(
          stage: "comparing \(pair.first.name) with \(pair.second.name)",
          fraction: Double(place) / Double(pairs.count)))
      let (first, second) = (try sides(pair.first), try sides(pair.second))
      kept = (pair.second.name, second)
      for method in plan.methods.indices {
        found.append(NeighbourConsistency(first, second, method: method))
      }
      if isCancelled() { throw .cancelled }
    }
    return found
  }
}

/// A section with what every method of a plan predicts of it.
private struct SectionSides {
  let section: LoadedSection
  let predictions: [Prediction]
  let observed: [NormalizedExpression]

  init(
    _ reference: SectionReference, _ plan: EvaluationPlan, _ workbench: Workbench,
    _ isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkbenchError) {
    section = try workbench.load(reference, of: plan)
    var predictions: [Prediction] = []
    for method in plan.methods {
      predictions.append(try workbench.predict(method, section, isCancelled: isCancelled))
    }
    self.predictions = predictions
    let otherwise = section.expression(plan.normalization)
    observed = predictions.map { [section] in
      $0.observed(in: section.section, otherwise: otherwise)
    }
  }

  /// What a method predicts of some genes, by name, and what was observed of them; without the spots
  /// that nothing is said of.
  func sides(
    _ method: Int, _ genes: [String]
  ) -> (predicted: SectionConsistency.Side, observed: SectionConsistency.Side) {
    let prediction = predictions[method]
    let column = places(of: prediction.genes)
    let row = places(of: section.section.genes)
    let values = genes.map { prediction.values(ofGene: column[$0]!) }  // Genes of both: there.
    let measured = genes.map { observed[method].values(ofGene: row[$0]!) }
    let spots = section.section.spots.indices.filter { spot in
      values.allSatisfy { !$0[spot].isNaN }
    }
    let places = spots.map { spot -> (x: Double, y: Double) in
      let spot = section.section.spots[spot]
      return (Double(spot.column), Double(spot.row))
    }
    func side(_ genes: [[Float]]) -> SectionConsistency.Side {
      .init(places: places, values: genes.flatMap { gene in spots.map { gene[$0] } })
    }
    return (side(values), side(measured))
  }

  private func places(of names: [String]) -> [String: Int] {
    Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
  }
}

extension NeighbourConsistency {
  fileprivate init(_ first: SectionSides, _ second: SectionSides, method index: Int) {
    let shared = Set(second.predictions[index].genes)
      .intersection(first.section.section.genes).intersection(second.section.section.genes)
    let names = first.predictions[index].genes.filter(shared.contains)
    let (one, other) = (first.sides(index, names), second.sides(index, names))
    let predicted = SectionConsistency(one.predicted, other.predicted)
    let observed = SectionConsistency(one.observed, other.observed)
    method = first.predictions[index].method
    patient = first.section.section.patient
    self.first = first.section.section.name
    self.second = second.section.section.name
    matchedSpots = predicted.matchedSpots
    genes = names.count
    self.predicted = Numbers(predicted)
    self.observed = Numbers(observed)
  }
}

extension NeighbourConsistency.Numbers {
  fileprivate init(_ found: SectionConsistency) {
    spotwise = found.spotwise.mean
    constantGenes = found.spotwise.constantGenes
    profile = found.profile.r.isFinite ? found.profile.r : nil
  }
}
