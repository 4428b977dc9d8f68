import Drawing
import Evaluation

/// The mean correlation of every method with its interval, models without some of their parts
/// beside the whole ones: Figure 3 of the THItoGene paper.
struct AblationBars {
  let chart: BarChart

  init(of report: EvaluationReport) throws(ReportFigure.Absence) {
    let rows = report.methods.compactMap { method in
      // The mean over sections; of one section, that.
      report.summaries.last { $0.method == method && $0.subset == .all }
    }
    guard rows.contains(where: { $0.correlation.mean != nil }) else {
      throw ReportFigure.Absence("No method has a mean correlation, so there are no bars to draw.")
    }
    var families: [String] = []
    var bars: [String: [BarChart.Bar]] = [:]
    for row in rows {
      let origin = report.cards.first { $0.method == row.method }?.origin
      let family = origin?.model ?? row.method
      if !families.contains(family) { families.append(family) }
      let without = origin?.ablation
      let bar = BarChart.Bar(
        without.map { row.method.contains($0) ? row.method : "\(row.method) (\($0))" }
          ?? row.method,
        value: row.correlation.mean ?? .nan, interval: row.interval?.range,
        reference: row.attainable?.attainable, series: families.firstIndex(of: family) ?? 0,
        isVariant: without != nil)
      bars[family, default: []].append(bar)
    }
    let groups = families.map { family in
      // The whole model first, its variants as they were named.
      let own = bars[family] ?? []
      let ordered = own.filter { !$0.isVariant } + own.filter(\.isVariant)
      return BarChart.Group(ordered.count > 1 ? family : "", bars: ordered)
    }
    var chart = BarChart(
      title: "Mean correlation of the methods", valueName: "mean PCC", groups: groups)
    chart.subtitle = Self.words(report)
    self.chart = chart
  }

  private static func words(_ report: EvaluationReport) -> String {
    let sections = report.sections.count
    let mean =
      sections > 1 ? "Means over genes, then over \(sections) sections" : "Means over genes"
    guard report.settings.bootstrapReplicates > 0 else { return mean }
    return
      "\(mean); whiskers: 95 % of \(report.settings.bootstrapReplicates.grouped) resamplings of "
      + "the \(report.settings.bootstrapUnit(sections: sections).rawValue)"
  }
}

extension BootstrapInterval {
  /// From end to end; nil where there is no interval.
  var range: ClosedRange<Double>? {
    lower.isFinite && upper.isFinite && lower <= upper ? lower...upper : nil
  }
}
