import Evaluation
import Workbench

/// A column of the table of genes.
enum GeneColumn: Sendable, Hashable {
  case name, mean, variance, moransI, attainable, share
  case measure(GeneMeasure)

  /// What there is to predict.
  static let observed: [GeneColumn] = [.name, .mean, .variance, .moransI, .attainable]

  /// How the compared method predicts it.
  static let ofMethods: [GeneColumn] =
    [.measure(.pearson), .share]
    + GeneMeasure.allCases.filter { $0 != .pearson }.map(GeneColumn.measure)

  /// The heading.
  var symbol: String {
    switch self {
    case .name: "gene"
    case .mean: "mean"
    case .variance: "variance"
    case .moransI: "Moran's I"
    case .attainable: "attainable"
    case .share: "share"
    case .measure(let measure): measure.symbol
    }
  }

  /// The heading in full.
  var title: String {
    switch self {
    case .name: "gene"
    case .mean: "mean expression"
    case .variance: "variance of the expression"
    case .moransI: "Moran's I"
    case .attainable: "attainable correlation"
    case .share: "share of the attainable correlation"
    case .measure(let measure): measure.title
    }
  }

  /// What the numbers are, in a sentence or two.
  var explanation: String {
    switch self {
    case .name: "Genes of the section; ★ those with a star. / searches, s gives a star."
    case .mean: "Mean over the section's spots under the normalization chosen."
    case .variance: "Variance over the section's spots under the normalization chosen."
    case .moransI:
      "How alike neighbouring spots are: about 0 for no pattern, towards 1 for a smooth one, below 0 "
        + "for a chequered one."
    case .attainable:
      "What Pearson's correlation could at best be, given how few molecules were counted; – where "
        + "they are too few to tell. i tells how it is found and what it cannot tell."
    case .share:
      "The correlation as a share of the attainable one. By chance single genes pass 100 %, above all "
        + "those of which little is attainable."
    case .measure(let measure): measure.explanation
    }
  }

  /// Whether the numbers tell of a prediction.
  var isOfMethod: Bool {
    switch self {
    case .share, .measure: true
    default: false
    }
  }

  /// Whether higher is better, or comes first when nothing is better.
  var isBetterHigher: Bool {
    if case .measure(let measure) = self { return measure.isBetterHigher }
    return true
  }

  /// The cells it takes, the gap before it included.
  var columns: Int { max(9, symbol.columns + 1) + 1 }
}
