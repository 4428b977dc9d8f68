import Drawing
import Evaluation
import Foundation
import Sections

/// A view of a section's copy numbers, with what it takes to draw and to write it.
public struct CopyNumberResult: Sendable {
  /// The section's name.
  public let section: String
  /// `observed`, or the method whose prediction is shown.
  public let source: String
  /// The values.
  public let profile: CopyNumberProfile
  /// The genes in genomic order, which windows are made of.
  public let genes: [GenePosition]
  /// The names of the profile's chromosomes.
  public let chromosomes: [String]
  /// Which spots stand together.
  public let groups: Annotation
  /// The groups taken for normal.
  public let references: [String]
  /// How it was made.
  public let settings: CopyNumberSettings
  /// What was left out, a sentence each.
  public let notes: [String]
  private let spotNames: [String]

  init(
    of section: LoadedSection, _ expression: NamedExpression, _ placed: PlacedGenes,
    _ request: CopyNumberRequest
  ) throws(WorkbenchError) {
    var references: [[Int]] = []
    for name in request.references {
      references.append(try request.groups.spots(of: name, in: section.section.name))
    }
    profile = CopyNumberProfile(
      of: expression.block(spots: 0..<expression.spotCount, genes: placed.genes),
      spotCount: expression.spotCount, chromosomes: placed.chromosomes.map(\.genes),
      references: references, request.settings)
    self.section = section.section.name
    source = expression.source
    genes = placed.positions
    chromosomes = placed.chromosomes.map(\.name)
    groups = request.groups
    self.references = request.references
    settings = request.settings
    notes = placed.notes
    spotNames = section.section.spots.map(\.id)
  }

  /// The spots of each group: references first, then the others in alphabetical order, then spots
  /// without a group.
  ///
  /// Within a group those come first that are most like the mean of all spots that are no reference.
  private var orderedGroups: [(name: String, category: Int?, spots: [Int])] {
    let isReference = groups.categories.map(references.contains)
    let order = groups.categories.indices.sorted { first, second in
      (isReference[first] ? 0 : 1, first) < (isReference[second] ? 0 : 1, second)
    }
    let likeness = likenessToTheRest(isReference)
    return (order.map(Optional.init) + [nil]).compactMap { category in
      let spots = groups.categoryOfSpot.indices
        .filter { groups.categoryOfSpot[$0] == category }
        .sorted { (likeness[$1], $0) < (likeness[$0], $1) }
      guard !spots.isEmpty else { return nil }
      let name = category.map { groups.categories[$0] + (isReference[$0] ? ", reference" : "") }
      return (name ?? "no group", category, spots)
    }
  }

  /// Each spot's values times the mean of all spots of other groups than the references.
  private func likenessToTheRest(_ isReference: [Bool]) -> [Double] {
    var mean = [Double](repeating: 0, count: profile.windows.count)
    for spot in 0..<profile.spotCount {
      if let category = groups.categoryOfSpot[spot], isReference[category] { continue }
      for (window, value) in profile.values(ofSpot: spot).enumerated() where value.isFinite {
        mean[window] += Double(value)
      }
    }
    return (0..<profile.spotCount).map { spot in
      let product = zip(profile.values(ofSpot: spot), mean).reduce(0) { $0 + Double($1.0) * $1.1 }
      return product.isFinite ? product : -.greatestFiniteMagnitude
    }
  }

  // MARK: Forms

  /// The spots in their groups along the chromosomes.
  public var heatmap: GenomeHeatmap {
    let palette = CategoricalPalette.okabeIto
    var heatmap = GenomeHeatmap(
      title: "Copy numbers of \(section), \(source)",
      valueName: "expression less the reference's, smoothed",
      chromosomes: zip(chromosomes, profile.chromosomes).map {
        .init($0.withoutChromosomePrefix, columns: $1)
      },
      groups: orderedGroups.map { group in
        .init(
          group.name, color: group.category.map(palette.color) ?? Color(0x999999),
          rows: group.spots)
      },
      values: profile.values)
    heatmap.subtitle = summary
    return heatmap
  }

  /// How the values came about, in a line.
  public var summary: String {
    let shape = settings.smoothing == .pyramid ? "pyramidal" : "flat"
    let noise =
      settings.denoise > 0
      ? ", noise within \(Optional(settings.denoise).text(1)) standard deviations removed" : ""
    return
      "\(genes.count.grouped) genes on \(chromosomes.count) chromosomes in \(shape) windows of "
      + "\(settings.window), against \(references.joined(separator: ", "))\(noise)"
  }

  /// A row a spot: its name, its group, its signal and a value a window, with tabs between.
  ///
  /// Windows are named by where they lie, such as `chr17:39700064-39723967`.
  public var table: String {
    let windows = profile.windows.map { window in
      let (first, last) = (genes[window.genes.lowerBound], genes[window.genes.upperBound - 1])
      return "\(first.chromosome):\(first.start)-\(max(first.end, last.end))"
    }
    var text = (["spot", "group", "signal"] + windows).joined(separator: "\t") + "\n"
    for (spot, name) in spotNames.enumerated() {
      let values = profile.values(ofSpot: spot).map { $0.isNaN ? "NaN" : $0.description }
      let signal = profile.signal(ofSpot: spot)
      let cells = [name.withoutTabs, groups.label(ofSpot: spot)?.withoutTabs ?? ""]
      text +=
        (cells + [signal.isNaN ? "NaN" : "\(Float(signal))"] + values)
        .joined(separator: "\t") + "\n"
    }
    return text
  }
}
