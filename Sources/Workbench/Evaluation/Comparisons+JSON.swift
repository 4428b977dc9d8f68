import Evaluation

// How the values of Evaluation are written: NaN as null, since JSON knows no NaN.

extension PairedComparison: Encodable {
  private enum Key: CodingKey {
    case genes, genesLeftOut, meanDifference, medianDifference, won, lost, tied
    case wilcoxonW, wilcoxonMinusLog10P
  }

  /// Writes the counts, the differences and the test.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(genes, forKey: .genes)
    try values.encode(genesLeftOut, forKey: .genesLeftOut)
    try values.encode(won, forKey: .won)
    try values.encode(lost, forKey: .lost)
    try values.encode(tied, forKey: .tied)
    try values.encode(meanDifference.ifFinite, forKey: .meanDifference)
    try values.encode(medianDifference.ifFinite, forKey: .medianDifference)
    try values.encode(wilcoxon.statistic.ifFinite, forKey: .wilcoxonW)
    try values.encode(wilcoxon.minusLog10P.ifFinite, forKey: .wilcoxonMinusLog10P)
  }
}

extension BootstrapInterval: Encodable {
  private enum Key: CodingKey { case lower, upper, level }

  /// Writes its ends and its level.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(lower.ifFinite, forKey: .lower)
    try values.encode(upper.ifFinite, forKey: .upper)
    try values.encode(level, forKey: .level)
  }
}

extension Double {
  fileprivate var ifFinite: Double? { isFinite ? self : nil }
}
