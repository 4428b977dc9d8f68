import Evaluation

/// Classes of response told of a cohort's patients, each by models that did not learn from the
/// patient, and how many are right.
public struct ResponseResult: Sendable, Encodable {
  /// One patient.
  public struct Patient: Sendable, Hashable, Encodable {
    /// The slide, as the table names it.
    public var slide: String
    /// What the table says.
    public var response: String
    /// What the models say: the class with the highest mean share.
    public var predicted: String
    /// The share of each class by softmax, the mean over seeds, in the order of ``ResponseResult/classes``.
    public var shares: [Double]
  }

  /// One fold of one seed.
  public struct Fold: Sendable, Hashable, Encodable {
    /// The seed of the split and the network.
    public var seed: Int
    /// From 1 on.
    public var fold: Int
    /// Patients kept out.
    public var patients: Int
    /// The epoch whose weights were kept, from 1 on; nil where no network learned.
    public var epoch: Int?
    /// The share of the fold's patients told right.
    public var accuracy: Double
  }

  /// The classes, in alphabetical order.
  public let classes: [String]
  /// In the table's order.
  public let patients: [Patient]
  /// Seed by seed.
  public let folds: [Fold]
  /// The share of patients told right.
  public let accuracy: Double
  /// The mean over classes of the share of their patients told right; 1 / classes for a guess.
  public let balancedAccuracy: Double
  /// The share of patients in the largest class: the accuracy of always naming it.
  public let largestShare: Double
  /// The area under the receiver's curve of each class's share against all others, the mean over classes
  /// that some patients have and some have not; 0.5 for a guess.
  public let area: Double?
  /// The share of patients told right by each seed alone, in the order of the seeds.
  public let accuracyOfSeed: [Double]
  /// How often each class of the table (rows) was told as each (columns).
  public let confusion: [[Int]]

  /// Scores the outputs of each seed, `[seeds][patients][classes]`, as shares.
  init(
    slides: [String], responses: [Int], classes: [String], sharesOfSeeds: [[[Double]]],
    folds: [Fold]
  ) {
    var confusion = classes.map { _ in [Int](repeating: 0, count: classes.count) }
    patients = slides.indices.map { index in
      let shares = classes.indices.map { kind in
        sharesOfSeeds.reduce(0) { $0 + $1[index][kind] } / Double(sharesOfSeeds.count)
      }
      let told = shares.firstIndex(of: shares.max() ?? 0) ?? 0
      confusion[responses[index]][told] += 1
      return Patient(
        slide: slides[index], response: classes[responses[index]], predicted: classes[told],
        shares: shares)
    }
    self.classes = classes
    self.folds = folds
    self.confusion = confusion
    let sizes = confusion.map { $0.reduce(0, +) }
    let right = classes.indices.map { confusion[$0][$0] }
    accuracy = Double(right.reduce(0, +)) / Double(max(slides.count, 1))
    largestShare = Double(sizes.max() ?? 0) / Double(max(slides.count, 1))
    let recalls = classes.indices.filter { sizes[$0] > 0 }.map {
      Double(right[$0]) / Double(sizes[$0])
    }
    area = Self.area(patients.map(\.shares), responses, classes.count)
    accuracyOfSeed = sharesOfSeeds.map { shares in
      let right = slides.indices.count { index in
        shares[index].firstIndex(of: shares[index].max() ?? 0) == responses[index]
      }
      return Double(right) / Double(max(slides.count, 1))
    }
    balancedAccuracy = recalls.reduce(0, +) / Double(max(recalls.count, 1))
  }

  private static func area(_ shares: [[Double]], _ responses: [Int], _ classes: Int) -> Double? {
    let areas = (0..<classes).compactMap { kind -> Double? in
      let truth = responses.map { $0 == kind }
      guard truth.contains(true), truth.contains(false) else { return nil }
      return areaUnderROC(truth: truth, scores: shares.map { $0[kind] })
    }
    return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
  }
}
