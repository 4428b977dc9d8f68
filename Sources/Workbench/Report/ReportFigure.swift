import Drawing

/// A figure of a report: the same in the page and as a file of its own.
public enum ReportFigure: String, Sendable, Hashable, CaseIterable {
  case boxplot, ablation, genes, clusters, markers, paired

  /// Why a figure cannot be drawn of an evaluation, in a sentence.
  public struct Absence: Error, Hashable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ sentence: String) { description = sentence }
  }

  /// The heading above it in a page.
  public var heading: String {
    switch self {
    case .boxplot: "Scores by section"
    case .ablation: "Methods and their parts"
    case .genes: "The best predicted genes"
    case .clusters: "Clusters and the pathologist's labels"
    case .markers: "Markers of the labelled regions"
    case .paired: "Methods two by two"
    }
  }

  /// The figure in its parts, one below the other, each `width` points wide or narrower.
  ///
  /// - Throws: why there is nothing to draw.
  public func parts(
    of report: EvaluationReport, _ material: ReportMaterial, width: Double
  ) throws(Absence) -> [VectorPicture] {
    switch self {
    case .boxplot: [try ScoreBoxes(of: report).plot.picture(width: width)]
    case .ablation: [try AblationBars(of: report).chart.picture(width: width)]
    case .genes: try GenePanels(of: report, material).pictures(width: width)
    case .clusters: try ClusterPanels(of: report, material).pictures(width: width)
    case .markers: [try RegionMarkers(of: report, material).table.picture(width: width)]
    case .paired: [try PairedIntervals(of: report).plot.picture(width: width)]
    }
  }

  /// The figure as one picture, with what its scores rest on below it.
  ///
  /// - Throws: why there is nothing to draw.
  public func picture(
    of report: EvaluationReport, _ material: ReportMaterial, width: Double
  ) throws(Absence) -> VectorPicture {
    let parts = try parts(of: report, material, width: width)
    return FigureGrid(rows: parts.map { [$0] }, caption: report.protocolLine).picture()
  }
}
