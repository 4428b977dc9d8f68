import ArgumentParser
import Drawing
import Foundation
import Sections
import Workbench

/// A figure of an evaluation as a picture: the same that stand in its report.
struct FigureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Score the methods and draw a figure of the report in place of panels: \(figureNames).",
      valueName: "name"),
    transform: { name in
      guard let figure = ReportFigure(rawValue: name) else {
        throw ValidationError(
          "There is no figure '\(name)'. Choose from \(figureNames).")
      }
      return figure
    })
  var figure: ReportFigure?

  @Option(
    help: ArgumentHelp(
      "With --figure: the sections, separated by commas, or 'all'.", valueName: "names"))
  var sections: String?

  mutating func validate() throws {
    if sections != nil, figure == nil { throw ValidationError("--sections goes with --figure.") }
  }

  /// Scores the methods on the sections and draws the figure, `width` points wide.
  ///
  /// - Throws: why there is nothing to draw, or what cannot be read.
  func picture(
    _ figure: ReportFigure, source: SectionOptions, methods: MethodOptions, width: Double
  ) throws -> VectorPicture {
    let dataSet = try source.dataSet()
    let plan = try EvaluationPlan(
      of: dataSet, sections: try source.references(in: dataSet, named: sections),
      methods: try methods.comparison(in: dataSet).methods, panel: try source.readPanel(),
      normalization: source.normalization ?? .released, settings: settings(for: figure))
    let interruption = Interruption()
    let report = EvaluationReport(try plan.scores(), of: plan)
    let bar = ProgressBar("drawing")
    defer { bar.finish() }
    let material = try Workbench().material(
      for: report, of: plan, figures: [figure], progress: bar.show,
      isCancelled: { interruption.hasCome })
    do {
      return try figure.picture(of: report, material, width: width)
    } catch {
      throw WorkbenchError("The figure '\(figure.rawValue)' cannot be drawn. \(error)")
    }
  }

  /// The usual settings, without what the figure does not show.
  private func settings(for figure: ReportFigure) -> EvaluationSettings {
    var settings = EvaluationSettings()
    if figure == .clusters { settings.clusterSeeds = [0, 1, 2, 3, 4] }
    if ![.ablation, .paired].contains(figure) { settings.bootstrapReplicates = 0 }
    if ![.boxplot, .ablation, .genes].contains(figure) { settings.attainableRepeats = 0 }
    return settings
  }
}

private let figureNames = ReportFigure.allCases.map(\.rawValue).joined(separator: ", ")

extension SectionOptions {
  /// The sections that were named; nil where the methods decide.
  ///
  /// - Parameter names: separated by commas, or `all`.
  func references(in dataSet: DataSet, named names: String?) throws -> [SectionReference]? {
    if counts != nil { return dataSet.sections }
    if let section { return [try dataSet.reference(named: section)] }
    guard let names else { return nil }
    if names == "all" { return dataSet.sections }
    var found: [SectionReference] = []
    for name in names.split(separator: ",") {
      let reference = try dataSet.reference(named: name.trimmingCharacters(in: .whitespaces))
      if !found.contains(reference) { found.append(reference) }
    }
    guard !found.isEmpty else { throw ValidationError("--sections names no section.") }
    return found
  }
}
