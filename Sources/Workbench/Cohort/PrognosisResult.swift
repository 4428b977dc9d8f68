import Evaluation
import Foundation
import TensorCore

/// Risks of a cohort's patients, each from models that did not learn from the patient, and how well
/// they tell who has the event first.
public struct PrognosisResult: Sendable, Encodable {
  /// One patient.
  public struct Patient: Sendable, Hashable, Encodable {
    /// The slide, as the table names it.
    public var slide: String
    /// How long the patient was followed.
    public var time: Double
    /// Whether the event came.
    public var event: Bool
    /// The mean over seeds of the risk in deviations of the patients trained on, above their median.
    public var risk: Double
    /// `higher` above the median of the patients trained on, else `lower`.
    public var group: Group
  }

  /// Which side of the median a risk is on.
  public enum Group: String, Sendable, Codable, CaseIterable {
    case lower, higher
  }

  /// One fold of one seed.
  public struct Fold: Sendable, Hashable, Encodable {
    /// The seed of the split and the network.
    public var seed: Int
    /// From 1 on.
    public var fold: Int
    /// Patients kept out.
    public var patients: Int
    /// Those of them with the event.
    public var events: Int
    /// The epoch whose weights were kept, from 1 on; nil where no network learned.
    public var epoch: Int?
    /// Harrell's C over the fold's patients; nil where no two can be compared.
    public var concordance: Double?
  }

  /// In the table's order.
  public let patients: [Patient]
  /// Seed by seed.
  public let folds: [Fold]
  /// Harrell's C over all patients; nil where no two can be compared.
  public let concordance: Double?
  /// Pairs of patients of whom it is known who had the event first.
  public let pairs: Int
  /// The 2.5th and 97.5th percentile of C over 1,000 draws of patients with replacement, risks as they
  /// are; nil where too few can be compared.
  public let interval: [Double]?
  /// C over all patients of each seed alone, in the order of the seeds.
  public let concordanceOfSeed: [Double?]
  /// The log-rank test's statistic between the two groups; nil where nothing can be compared.
  public let chiSquare: Double?
  /// Its chance among equal groups.
  public let p: Double?

  /// Scores the risks of each seed, `[seeds][patients]`.
  init(_ patients: [Patient], risksOfSeeds: [[Double]], folds: [Fold]) {
    var patients = patients
    for index in patients.indices {
      let sum = risksOfSeeds.reduce(0) { $0 + $1[index] }
      patients[index].risk = sum / Double(risksOfSeeds.count)
      patients[index].group = patients[index].risk > 0 ? .higher : .lower
    }
    let followUp = FollowUp(times: patients.map(\.time), events: patients.map(\.event))
    let whole = ConcordanceIndex(of: followUp, risks: patients.map(\.risk))
    self.patients = patients
    self.folds = folds
    (concordance, pairs) = (whole.value.finite, whole.pairs)
    interval = Self.interval(of: patients)
    concordanceOfSeed = risksOfSeeds.map {
      ConcordanceIndex(of: followUp, risks: $0).value.finite
    }
    let test = Self.curves(of: patients, timeName: "").test
    (chiSquare, p) = (test?.chiSquare.finite, test?.p.finite)
  }

  /// The Kaplan–Meier curves of both groups.
  public func curves(timeName: String) -> SurvivalCurves {
    Self.curves(of: patients, timeName: timeName)
  }

  private static func curves(of patients: [Patient], timeName: String) -> SurvivalCurves {
    SurvivalCurves(
      Group.allCases.map { group in
        let members = patients.filter { $0.group == group }
        return SurvivalCurves.Group(
          "\(group.rawValue) risk",
          FollowUp(times: members.map(\.time), events: members.map(\.event)))
      }, timeName: timeName)
  }

  private static func interval(of patients: [Patient]) -> [Double]? {
    var generator = SeededGenerator(seed: 0)
    let draws = (0..<1000).compactMap { _ -> Double? in
      let drawn = patients.map { _ in patients[generator.nextIndex(below: patients.count)] }
      let followUp = FollowUp(times: drawn.map(\.time), events: drawn.map(\.event))
      return ConcordanceIndex(of: followUp, risks: drawn.map(\.risk)).value.finite
    }.sorted()
    guard draws.count >= 900 else { return nil }
    return [0.025, 0.975].map { draws[Int(($0 * Double(draws.count - 1)).rounded())] }
  }
}

extension Double {
  /// The number; nil where it is none.
  var finite: Double? { isFinite ? self : nil }
}
