import Drawing

/// The genes that set each labelled region apart, as observed and as each method predicts them:
/// Figure 6 of the THItoGene paper.
struct RegionMarkers {
  let table: HeatTable

  init(
    of report: EvaluationReport, _ material: ReportMaterial, genesPerRegion: Int = 5
  ) throws(ReportFigure.Absence) {
    let contrasts = material.parts.flatMap(\.regions)
    guard !contrasts.isEmpty else {
      throw ReportFigure.Absence(
        "No section has a pathologist's labels of two regions with "
          + "\(RegionContrast.leastSpots) spots or more each.")
    }
    let regions = Set(contrasts.map(\.region)).sorted()
    let groups = regions.compactMap { region -> HeatTable.Group? in
      let own = contrasts.filter { $0.region == region }
      let observed = Self.means(of: own) { $0.observed }
      let predicted = report.methods.map { method in
        Self.means(of: own) { $0.predicted[method] ?? [] }
      }
      let best = observed.filter { $0.value > 0 }
        .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(genesPerRegion)
      guard !best.isEmpty else { return nil }
      let spots = own.reduce(0) { $0 + $1.spots }
      let sections = own.count == 1 ? "1 section" : "\(own.count) sections"
      return HeatTable.Group(
        "\(region), \(spots.grouped) spots on \(sections)",
        rows: best.map { gene, value in
          HeatTable.Row(gene, values: [value] + predicted.map { $0[gene] ?? .nan })
        })
    }
    guard !groups.isEmpty else {
      throw ReportFigure.Absence("No gene is higher in one labelled region than in the others.")
    }
    var table = HeatTable(
      title: "Genes of the labelled regions",
      valueName: "mean in the region less mean in the others",
      columns: ["observed"] + report.methods,
      groups: groups)
    table.subtitle =
      "The \(genesPerRegion) genes with the largest observed difference; means over sections"
    self.table = table
  }

  /// Each gene's mean over the sections that have a number for it.
  private static func means(
    of contrasts: [RegionContrast], _ values: (RegionContrast) -> [Double]
  ) -> [String: Double] {
    var sums: [String: (sum: Double, count: Double)] = [:]
    for contrast in contrasts {
      for (gene, value) in zip(contrast.genes, values(contrast)) where value.isFinite {
        sums[gene, default: (0, 0)].sum += value
        sums[gene, default: (0, 0)].count += 1
      }
    }
    return sums.mapValues { $0.sum / $0.count }
  }
}
