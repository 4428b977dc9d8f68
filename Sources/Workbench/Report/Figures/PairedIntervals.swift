import Drawing
import Evaluation

/// The mean difference of each pair of methods with its interval.
struct PairedIntervals {
  let plot: IntervalPlot

  init(of report: EvaluationReport) throws(ReportFigure.Absence) {
    guard !report.comparisons.isEmpty else {
      throw ReportFigure.Absence("There are no two methods scored on the same section to compare.")
    }
    let rows = report.comparisons.map { pair in
      IntervalPlot.Row(
        "\(pair.first) − \(pair.second)", estimate: pair.genes.meanDifference,
        interval: pair.interval?.range,
        note: "−log₁₀ p \(Optional(pair.genes.wilcoxon.minusLog10P).text(1))")
    }
    var plot = IntervalPlot(
      title: "Differences between methods", valueName: "mean difference of PCC over genes",
      rows: rows)
    let settings = report.settings
    if settings.bootstrapReplicates > 0 {
      plot.subtitle =
        "Lines: 95 % of \(settings.bootstrapReplicates.grouped) resamplings of the "
        + "\(settings.bootstrapUnit(sections: report.sections.count).rawValue); in colour where 0 is "
        + "outside"
    }
    self.plot = plot
  }
}
