import Foundation

extension PairedValues {
  /// How much one side of a gene tells about the other, whatever the shape of the relation.
  ///
  /// Each side is cut into bins that hold about as many spots each. With entropies of the bins,
  /// `MI = (H(M) + H(P) − H(M, P)) / √(H(M) · H(P))`, `H = −Σ q ln q`. Unitless, 0...1: 0 for
  /// independent bins, 1 where each tells the other. With few spots it is far above 0 by chance:
  /// about 0.11 for 187 spots and ten bins. Any strictly rising change of a side without ties
  /// changes nothing.
  ///
  /// Bins: `max(10, ∛n)` of them, cut down to a whole number, the cuts at the values of rank
  /// `⌊n / bins⌋ · k`, one rank later for the first `n mod bins` cuts; equal values share the
  /// lowest bin they reach, so all zeros of a sparse gene are in one.
  ///
  /// Source: the second `calculate_MI` of SydneyBioX/HEtoSGEBench, `benchmarkUtils.R`, which
  /// overrides the first, and the bins of R's infotheo, `discretize(disc = "equalfreq")`.
  /// Departure: with fewer than ten spots as many bins as spots, where infotheo reads past its
  /// list. Not `sklearn.feature_selection.mutual_info_regression`, which knows no bins.
  /// Edge cases: NaN without spots and where a side is all in one bin.
  public var mutualInformation: Double {
    guard spotCount > 0 else { return .nan }
    let bins = min(max(10, Int(cbrt(Double(spotCount)))), spotCount)
    let m = binOfSpot(measured, bins: bins)
    let p = binOfSpot(predicted, bins: bins)
    let entropyM = entropy(of: m, labels: bins)
    let entropyP = entropy(of: p, labels: bins)
    guard entropyM > 0, entropyP > 0 else { return .nan }
    let joint = entropy(of: zip(m, p).map { $0 * bins + $1 }, labels: bins * bins)
    let share = (entropyM + entropyP - joint) / (entropyM * entropyP).squareRoot()
    return min(max(share, 0), 1)
  }
}

/// The bin of each value, `0..<bins`, by equal frequency.
private func binOfSpot(_ values: [Double], bins: Int) -> [Int] {
  let order = ascendingOrder(of: values)
  let (size, rest) = values.count.quotientAndRemainder(dividingBy: bins)
  let cuts = (1..<bins).map { cut in
    values[Int(order[size * cut - (cut <= rest ? 0 : 1)])]
  }
  var bin = 0
  var binOfSpot = [Int](repeating: 0, count: values.count)
  for spot in order {
    while bin < cuts.count, values[Int(spot)] > cuts[bin] { bin += 1 }
    binOfSpot[Int(spot)] = bin
  }
  return binOfSpot
}

/// `−Σ q ln q` over the shares q of the labels.
private func entropy(of labels: [Int], labels count: Int) -> Double {
  var spots = [Int](repeating: 0, count: count)
  for label in labels { spots[label] += 1 }
  // ln n − Σ c ln c / n is exactly 0 for a single label.
  let sum = spots.reduce(0.0) { $1 > 0 ? $0 + Double($1) * log(Double($1)) : $0 }
  return max(0, log(Double(labels.count)) - sum / Double(labels.count))
}
