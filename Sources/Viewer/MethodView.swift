import Drawing
import Sections
import Workbench

/// One method beside the observed expression: how far it is, and what it said of the section.
struct MethodView: Sendable {
  /// How far a prediction is.
  enum State: Sendable {
    /// Nobody has asked for it.
    case absent
    /// Asked for; no progress while it waits for its turn.
    case predicting(PredictionProgress?)
    case ready(ReadyPrediction)
    case failed(String)
    case cancelled

    var ready: ReadyPrediction? {
      if case .ready(let ready) = self { return ready }
      return nil
    }

    var isPredicting: Bool {
      if case .predicting = self { return true }
      return false
    }
  }

  let method: Method
  /// The prediction for the section's spots, which all scores are of.
  var atSpots = State.absent
  /// The prediction between the spots too.
  var dense = State.absent
  /// For a run that is watched: which epochs these are.
  var epochs: [Resolution: EpochState] = [:]
  /// Agreement with what was measured, once it has been worked out.
  var scores: MethodScores?
  /// The normalization that `scores` took where the prediction has none of its own.
  var scoredUnder: Normalization?

  init(_ method: Method) { self.method = method }

  subscript(resolution: Resolution) -> State {
    get { resolution == .spots ? atSpots : dense }
    set { if resolution == .spots { atSpots = newValue } else { dense = newValue } }
  }

  /// Whether there can be values between the spots: a table says what it says.
  var canBeDense: Bool {
    if case .table = method.source { return false }
    return true
  }

  /// The prediction at the spots, once it is there.
  var ready: ReadyPrediction? { atSpots.ready }

  /// Whether something is on its way.
  var isPredicting: Bool { atSpots.isPredicting || dense.isPredicting }
}

/// A prediction with what drawing it asks for at every frame.
struct ReadyPrediction: Sendable {
  let prediction: Prediction
  /// Where the values are; nil for the section's own spots.
  let layout: SpotLayout?
  /// The observed expression under the prediction's own normalization; nil where nobody said what
  /// that was.
  let observed: NormalizedExpression?
  /// The place of each of the section's genes in the prediction, or -1.
  private let places: [Int32]
  /// How many of the predicted genes the section has.
  let knownGenes: Int

  init(_ prediction: Prediction, on section: LoadedSection) {
    self.prediction = prediction
    layout = prediction.denserSpots.map { spots in
      SpotLayout(x: spots.map(\.x), y: spots.map(\.y))
    }
    observed = prediction.normalization.map { _ in
      // The fallback is not taken: there is a normalization.
      prediction.observed(in: section.section, otherwise: section.expression(.released))
    }
    let placeOfName = Dictionary(
      prediction.genes.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first }
    )
    places = section.section.genes.map { placeOfName[$0] ?? -1 }
    knownGenes = places.count { $0 >= 0 }
  }

  /// Whether a gene, by its index in the section, is predicted.
  func predicts(gene: Int) -> Bool { places[gene] >= 0 }

  /// Whether each gene of the section is predicted.
  var predictedGenes: [Bool] { places.map { $0 >= 0 } }

  /// A gene's value everywhere, by its index in the section; nil where it was not predicted.
  func values(ofGene gene: Int) -> [Float]? {
    places[gene] < 0 ? nil : prediction.values(ofGene: Int(places[gene]))
  }

  /// A gene's value at one spot.
  func value(ofGene gene: Int, atSpot spot: Int) -> Float? {
    guard places[gene] >= 0, layout == nil else { return nil }
    return prediction.values[Int(places[gene]) * prediction.spotCount + spot]
  }
}

extension NormalizedExpression {
  /// Whether values of the two may stand on one scale: every count gives the same value.
  func hasUnit(of other: NormalizedExpression) -> Bool {
    normalization.logarithm == other.normalization.logarithm
      && normalization.pseudocount == other.normalization.pseudocount
      && scaleOfSpot == other.scaleOfSpot
  }
}
