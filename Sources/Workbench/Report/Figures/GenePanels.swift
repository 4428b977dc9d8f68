import Drawing
import Evaluation

/// The best predicted genes, observed beside every method: Figure 4 of the THItoGene paper.
struct GenePanels {
  private let report: EvaluationReport
  private let material: ReportMaterial
  private let genes: [BestGenes.Choice]

  init(
    of report: EvaluationReport, _ material: ReportMaterial
  ) throws(ReportFigure.Absence) {
    guard !report.methods.isEmpty else {
      throw ReportFigure.Absence("No method was scored, so no gene is predicted.")
    }
    let genes = BestGenes(in: report).genes
    guard !genes.isEmpty else {
      throw ReportFigure.Absence("No gene correlates with a prediction of it above 0.")
    }
    self.report = report
    self.material = material
    self.genes = genes
  }

  /// A row of maps for each gene.
  func pictures(width: Double) -> [VectorPicture] {
    genes.compactMap { choice in
      guard let part = material.part(choice.section),
        let maps = part.genes.first(where: { $0.gene == choice.gene })
      else { return nil }
      return grid(choice, part, maps, width: width)
    }
  }

  private func grid(
    _ choice: BestGenes.Choice, _ part: ReportMaterial.Part, _ maps: ReportMaterial.GeneMaps,
    width: Double
  ) -> VectorPicture {
    var panels: [SpotMap] = []
    if let tissue = part.tissue {
      panels.append(
        SpotMap(
          title: "H&E", subtitle: part.section, layout: part.layout, content: .tissue,
          tissue: tissue))
    }
    for map in maps.observed {
      // One of them usually; where methods were trained to give different values, each its own.
      let subtitle = maps.observed.count > 1 ? map.normalization.name : "measured"
      panels.append(panel("observed", subtitle, map, part, maps))
    }
    for map in maps.predicted {
      panels.append(panel(map.method, score(choice, map.method), map, part, maps))
    }
    return FigureGrid(
      title: "\(choice.gene) on \(choice.section)", rows: panels.laidOut(width: width), gap: 0
    ).picture()
  }

  /// One scale for all maps of a normalization: p1 to p99 of the observed and predicted values.
  private func panel(
    _ title: String, _ subtitle: String, _ map: ReportMaterial.Map, _ part: ReportMaterial.Part,
    _ maps: ReportMaterial.GeneMaps
  ) -> SpotMap {
    let shared = (maps.observed + maps.predicted).filter { $0.normalization == map.normalization }
    let limits = ValueLimits.percentiles.limits(of: shared.flatMap(\.values))
    let scale = ColorScale(ramp: .viridis, lower: limits.lower, upper: limits.upper)
    let unit =
      switch map.normalization.logarithm {
      case .none: "counts"
      case .natural: "ln"
      case .base10: "log10"
      }
    return SpotMap(
      title: title, subtitle: subtitle, layout: part.layout,
      content: .values(map.values, scale, unit: unit))
  }

  private func score(_ choice: BestGenes.Choice, _ method: String) -> String {
    guard let section = report.sections.first(where: { $0.section == choice.section }),
      let columns = section.method(method),
      let place = section.genes.firstIndex(of: choice.gene)
    else { return "not predicted" }
    let r = Optional(columns.values(.pearson)[place]).text(2)
    guard let attainable = columns.attainable?[place], attainable.isFinite else {
      return "PCC \(r)"
    }
    return "PCC \(r) of \(Optional(attainable).text(2))"
  }
}

extension [SpotMap] {
  /// The maps in rows of at most six, as wide as there is room, 230 points at most.
  func laidOut(width: Double) -> [[VectorPicture?]] {
    guard !isEmpty else { return [] }
    let rows = (count + 5) / 6
    let columns = (count + rows - 1) / rows
    let panel = Swift.min(240, width / Double(columns))
    return stride(from: 0, to: count, by: columns).map { start in
      self[start..<Swift.min(start + columns, count)].map { $0.picture(width: panel) }
    }
  }
}
