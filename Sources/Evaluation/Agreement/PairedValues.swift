/// One gene as measured and as predicted, at the same spots.
///
/// A spot where either value is NaN is left out of both. The measures of agreement are properties
/// and methods of this type, a file each.
public struct PairedValues: Sendable, Hashable {
  /// Measured values, a spot.
  public let measured: [Double]
  /// Predicted values, a spot.
  public let predicted: [Double]

  /// Takes two lists of the same length.
  public init(measured: [Double], predicted: [Double]) {
    precondition(
      measured.count == predicted.count,
      "\(measured.count) measured values beside \(predicted.count) predicted")
    guard measured.contains(where: \.isNaN) || predicted.contains(where: \.isNaN) else {
      self.measured = measured
      self.predicted = predicted
      return
    }
    let spots = measured.indices.filter { !measured[$0].isNaN && !predicted[$0].isNaN }
    self.measured = spots.map { measured[$0] }
    self.predicted = spots.map { predicted[$0] }
  }

  /// Spots with both values.
  public var spotCount: Int { measured.count }

  /// The mean over spots of a function of measured and predicted value; NaN without spots.
  func mean(_ term: (_ measured: Double, _ predicted: Double) -> Double) -> Double {
    var sum = 0.0
    for spot in measured.indices { sum += term(measured[spot], predicted[spot]) }
    return sum / Double(spotCount)
  }
}
