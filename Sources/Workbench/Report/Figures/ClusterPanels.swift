import Drawing
import Evaluation
import Sections

/// The pathologist's labels on the tissue beside the clusters of the observed and of each predicted
/// expression: Figure 5 of the THItoGene paper.
struct ClusterPanels {
  private let report: EvaluationReport
  private let parts: [ReportMaterial.Part]
  /// The regions of all sections, without `undetermined`.
  private let regions: Annotation
  private let palette = CategoricalPalette.okabeIto

  init(
    of report: EvaluationReport, _ material: ReportMaterial
  ) throws(ReportFigure.Absence) {
    guard !report.settings.clusterSeeds.isEmpty else {
      throw ReportFigure.Absence("Clusters were left out: no seeds were asked for.")
    }
    let parts = material.parts.filter { !$0.clusters.isEmpty }
    guard !parts.isEmpty else {
      throw ReportFigure.Absence(
        "No section has a pathologist's labels of two regions or more to hold clusters against.")
    }
    self.report = report
    self.parts = parts
    regions = Annotation(
      name: Annotation.pathologist,
      labels: parts.compactMap(\.labels).flatMap { labels in
        Set(labels.settledCategories.compactMap(\.self)).map { labels.categories[$0] }
      })
  }

  /// A row of maps for each section with labels.
  func pictures(width: Double) -> [VectorPicture] {
    parts.compactMap { part in
      part.labels.map { grid(part, $0, width: width) }
    }
  }

  private func grid(
    _ part: ReportMaterial.Part, _ labels: Annotation, width: Double
  ) -> VectorPicture {
    let settled = labels.settledCategories
    // Colours and letters are those of all sections' regions, the same from section to section.
    let numbers = labels.categories.map { regions.categories.firstIndex(of: $0) }
    let letters = regions.letters
    func map(_ title: String, _ subtitle: String, _ own: [Int?]) -> SpotMap {
      let shown = own.map { region -> Int? in
        region.map { own in
          numbers.indices.contains(own)
            ? numbers[own] ?? own
            : own - numbers.count + regions.categories.count
        }
      }
      var map = SpotMap(
        title: title, subtitle: subtitle, layout: part.layout,
        content: .painted(
          shown.map { $0.map { Paint.color(palette.color(of: $0)) } ?? Self.leftOut },
          letters: shown.map { region in
            region.flatMap { letters.indices.contains($0) ? letters[$0] : nil }
          }, .nothing))
      map.showsKey = false
      return map
    }
    var panels = [map("labels", "pathologist", settled)]
    panels[0].tissue = part.tissue
    for clusters in part.clusters {
      panels.append(
        map(clusters.source, agreement(of: clusters.source, part.section), clusters.regionOfSpot))
    }
    let present = Set(settled.compactMap(\.self)).compactMap { numbers[$0] }.sorted()
    let legend = CategoryLegend(
      present.map {
        .init(letter: letters[$0], name: regions.categories[$0], color: palette.color(of: $0))
      })
    let maps = FigureGrid(title: part.section, rows: panels.laidOut(width: width), gap: 0)
    let recipe = report.sections.first { $0.section == part.section }?.clusters?.summary
    return FigureGrid(
      rows: [[maps.picture()], [legend.picture(width: width)]], caption: recipe ?? "", gap: 0
    ).picture()
  }

  private static let leftOut = Paint.role(.missing).opacity(0.35)

  /// The mean of the adjusted Rand index over the seeds and how far they lie apart.
  private func agreement(of source: String, _ section: String) -> String {
    let rows = report.sections.first { $0.section == section }?.clusters?.rows
    guard let row = rows?.first(where: { $0.source == source }),
      let spread = Spread(row.adjustedRandIndex.values)
    else { return "ARI –" }
    return row.adjustedRandIndex.values.count > 1
      ? "ARI \(spread.text)" : "ARI \(Optional(spread.mean).text())"
  }
}
