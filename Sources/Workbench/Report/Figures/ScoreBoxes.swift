import Drawing
import Evaluation

/// Box plots of every gene's correlation, methods side by side in each section: Figure 2 of the
/// THItoGene paper, with the mean of what could at best be reached.
struct ScoreBoxes {
  let plot: BoxPlot

  init(of report: EvaluationReport) throws(ReportFigure.Absence) {
    guard !report.methods.isEmpty else {
      throw ReportFigure.Absence("No method was scored, so there are no scores to draw.")
    }
    let groups = report.sections.map { section in
      let attainable = report.methods.compactMap {
        report.summary(of: $0, on: section.section)?.attainable?.attainable
      }
      return BoxPlot.Group(
        section.section, values: report.methods.map { section.pearson(of: $0) },
        // Methods under one normalization have one; others nearly the same.
        reference: attainable.isEmpty
          ? nil : attainable.reduce(0, +) / Double(attainable.count))
    }
    var plot = BoxPlot(
      title: "Correlation of predicted with observed expression", valueName: "PCC of each gene",
      series: report.methods, groups: groups)
    plot.referenceName = "attainable, mean over genes"
    let genes = Set(report.sections.map(\.genes.count)).sorted().map(\.grouped)
      .joined(separator: " to ")
    plot.subtitle =
      "\(genes) genes; boxes quartiles, diamonds means, dots genes beyond the whiskers"
    self.plot = plot
  }
}
