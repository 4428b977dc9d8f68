import Sections

/// How much higher each gene is in a labelled region than in the other labelled regions.
///
/// The difference of the means over spots, in units of expression; `undetermined` spots are in
/// neither. NaN where a method does not predict a gene.
public struct RegionContrast: Sendable, Hashable {
  /// The region's name.
  public var region: String
  /// Its spots.
  public var spots: Int
  /// The genes, in the order of the columns.
  public var genes: [String]
  /// As observed, under the first method's normalization.
  public var observed: [Double]
  /// As predicted, by the methods' names.
  public var predicted: [String: [Double]]

  /// Regions and rests of fewer spots say nothing.
  static let leastSpots = 5
}

extension LoadedSection {
  /// The contrasts of all labelled regions that are large enough.
  func regionContrasts(
    _ predictions: [Prediction], genes names: [String], _ fallback: Normalization
  ) -> [RegionContrast] {
    guard let labels = section.labels else { return [] }
    let settled = labels.settledCategories
    let indexOfGene = Dictionary(uniqueKeysWithValues: zip(section.genes, 0...))
    let observed =
      predictions.first?.observed(in: section, otherwise: expression(fallback))
      ?? expression(fallback)
    let rows = predictions.map { Dictionary(uniqueKeysWithValues: zip($0.genes, 0...)) }
    let labelled = settled.count { $0 != nil }
    let regions = labels.categories.indices.filter { region in
      let spots = settled.count { $0 == region }
      return spots >= RegionContrast.leastSpots
        && labelled - spots >= RegionContrast.leastSpots
    }
    var contrasts = regions.map { region in
      RegionContrast(
        region: labels.categories[region], spots: settled.count { $0 == region }, genes: names,
        observed: [], predicted: [:])
    }
    for name in names {
      let values = indexOfGene[name].map { observed.values(ofGene: $0) }
      let differences = Self.differences(of: values, regions, settled)
      for (place, difference) in differences.enumerated() {
        contrasts[place].observed.append(difference)
      }
      for (prediction, rowOfGene) in zip(predictions, rows) {
        let values = rowOfGene[name].map { prediction.values(ofGene: $0) }
        for (place, difference) in Self.differences(of: values, regions, settled).enumerated() {
          contrasts[place].predicted[prediction.method, default: []].append(difference)
        }
      }
    }
    return contrasts
  }

  /// One gene's difference for each region.
  private static func differences(
    of values: [Float]?, _ regions: [Int], _ settled: [Int?]
  ) -> [Double] {
    guard let values else { return regions.map { _ in .nan } }
    var sums: [Int: (sum: Double, count: Double)] = [:]
    var all = (sum: 0.0, count: 0.0)
    for case (let value, let region?) in zip(values, settled) where value.isFinite {
      sums[region, default: (0, 0)].sum += Double(value)
      sums[region, default: (0, 0)].count += 1
      all.sum += Double(value)
      all.count += 1
    }
    return regions.map { region in
      let own = sums[region] ?? (0, 0)
      return own.sum / own.count - (all.sum - own.sum) / (all.count - own.count)
    }
  }
}
