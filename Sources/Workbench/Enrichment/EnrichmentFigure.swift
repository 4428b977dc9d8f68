import Drawing
import Evaluation
import Sections

/// Gene sets that were tested, as bars, and their scores on the tissue.
public struct EnrichmentFigure {
  private let result: EnrichmentResult
  private let scores: GeneSetScores?
  private let layout: SpotLayout

  /// Takes what is shown; without scores there are bars alone.
  public init(_ result: EnrichmentResult, _ scores: GeneSetScores?, on section: LoadedSection) {
    self.result = result
    self.scores = scores
    layout = section.layout
  }

  /// A bar a set, the most significant first, the dashed tick at a share of false discoveries of
  /// 0.05.
  ///
  /// - Parameter most: how many sets to show.
  public static func bars(of result: EnrichmentResult, most: Int = 20) -> BarChart {
    let bars = result.rows.prefix(most).compactMap { row -> BarChart.Bar? in
      guard let value = row.minusLog10AdjustedP else { return nil }
      return BarChart.Bar(
        "\(row.set), \(row.genes.count) of \(row.size)", value: value, reference: threshold)
    }
    var chart = BarChart(
      title: "Gene sets among the highest genes", valueName: "−log₁₀ adjusted p",
      groups: [.init("", bars: bars)])
    chart.subtitle = result.summary
    chart.referenceName = "adjusted p of 0.05"
    chart.decimals = 2
    return chart
  }

  /// `−log₁₀ 0.05`.
  private static let threshold = 1.3010299956639813

  /// The bars above maps of the most significant sets' scores.
  ///
  /// - Parameter maps: how many maps to draw at most.
  public func picture(width: Double, maps: Int = 6) -> VectorPicture {
    var rows: [[VectorPicture?]] = [[Self.bars(of: result).picture(width: width)]]
    if let scores {
      let sets = result.rows.compactMap { scores.names.firstIndex(of: $0.set) }
        .filter { scores.values(ofGene: $0).contains { $0.isFinite } }
      let panels = sets.prefix(maps).map { map(of: $0, scores) }
      rows.append([FigureGrid(rows: panels.laidOutInRows(width: width), gap: 0).picture()])
    }
    return FigureGrid(rows: rows).picture()
  }

  private func map(of set: Int, _ scores: GeneSetScores) -> SpotMap {
    let values = scores.values(ofGene: set)
    let limits = ValueLimits.percentiles.limits(of: values)
    return SpotMap(
      title: scores.names[set], subtitle: "\(scores.sizes[set]) genes, \(scores.source)",
      layout: layout,
      content: .values(
        values, ColorScale(ramp: .viridis, lower: limits.lower, upper: limits.upper),
        unit: scores.normalization == .range ? "ssGSEA" : "ssGSEA, in ranks"))
  }
}

extension [SpotMap] {
  /// Three beside each other.
  fileprivate func laidOutInRows(width: Double) -> [[VectorPicture?]] {
    stride(from: 0, to: count, by: 3).map { first in
      self[first..<Swift.min(first + 3, count)].map { $0.picture(width: width / 3) }
    }
  }
}
