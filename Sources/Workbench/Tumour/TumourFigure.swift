import Drawing
import Foundation
import Sections

/// A section's tumour regions as shapes: the pathologist's labels beside what a network maps.
public struct TumourFigure: Sendable {
  /// The section's name.
  public let section: String
  /// What the network maps.
  public let map: TumourMap
  private let layout: SpotLayout
  private let labels: Annotation?

  init(_ section: LoadedSection, _ map: TumourMap) {
    (self.section, self.map) = (section.section.name, map)
    (layout, labels) = (section.layout, section.section.labels)
  }

  /// The labels, where there are any, and the map beside each other.
  public func picture(width: Double) -> VectorPicture {
    let scale = ColorScale(ramp: .viridis, lower: 0, upper: 1)
    let facts = map.scores?.facts ?? ["no labels to compare with"]
    var maps = [
      SpotMap(
        title: "tumour", subtitle: facts.joined(separator: " · "), layout: layout,
        content: .values(map.probabilities, scale, unit: "probability"))
    ]
    if let labels {
      let content = SpotMap.Content.categories(
        labels.categoryOfSpot, names: labels.categories, letters: labels.letters)
      maps.insert(
        SpotMap(title: "labels", subtitle: "pathologist", layout: layout, content: content), at: 0)
    }
    return FigureGrid(
      title: "\(section) · \(map.standing.rawValue)", rows: maps.laidOut(width: width), gap: 0
    ).picture()
  }
}

extension Workbench {
  /// The tumour regions of a plan's sections that have an image.
  func tumourFigures(
    _ file: URL, of plan: EvaluationPlan, isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkbenchError) -> [TumourFigure] {
    var figures: [TumourFigure] = []
    for reference in plan.sections {
      let section = try load(reference, of: plan)
      guard section.section.image != nil else { continue }
      figures.append(
        TumourFigure(section, try tumourMap(file, of: section, isCancelled: isCancelled)))
    }
    return figures
  }
}
