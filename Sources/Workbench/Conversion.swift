import Drawing
import Evaluation
import Foundation
import Images
import Sections

/// A section with predictions, labels and clusters, to be written for other programs.
public struct Conversion: Sendable {
  /// What is written.
  public var export: SectionExport
  /// Which of the export's categories shapes and Loupe's spots are of; nil where there are none.
  public var category: Int?
  /// Which shapes GeoJSON gets; where nobody says, regions where there are categories, else spots.
  public var shapes: GeoJSONContent.Shapes?
  /// Genes whose values GeoJSON gets.
  public var genes: [String] = []
  /// What could not be made, one plain sentence each.
  public var notes: [String] = []

  /// The sides of the picture in an `.h5ad` file, at most.
  public static let pictureSide = 2000

  /// Takes a section alone with the categories that came with it.
  public init(_ section: LoadedSection, normalization: Normalization) {
    let palette = CategoricalPalette.okabeIto
    export = SectionExport(
      section.section, expression: section.expression(normalization),
      pitch: section.layout.pitch, version: Workbench.version)
    export.categories = section.section.annotations.map { annotation in
      SectionExport.Categories(
        annotation, colors: annotation.categories.indices.map { palette.color(of: $0).value })
    }
    category = export.categories.indices.first {
      export.categories[$0].annotation.name == Annotation.pathologist
    }
    if category == nil, !export.categories.isEmpty { category = 0 }
  }

  /// Adds clusters; the first ones added are those that shapes and Loupe's spots are of.
  public mutating func add(_ clusters: SectionExport.Categories) {
    let taken = export.categories.map(\.annotation.name)
    var clusters = clusters.settled
    let stem = clusters.annotation.name
    var number = 2
    while taken.contains(clusters.annotation.name) {
      clusters.annotation.name = "\(stem)_\(number)"
      number += 1
    }
    let hasClusters = category.map { export.categories[$0].origin != nil } ?? false
    export.categories.append(clusters)
    if !hasClusters { category = export.categories.count - 1 }
  }

  /// Chooses the categories of a name for shapes and Loupe.
  ///
  /// - Throws: the names there are, and the nearest one.
  public mutating func choose(category name: String) throws(WorkbenchError) {
    let names = export.categories.map(\.annotation.name)
    guard let found = names.firstIndex(of: name) else {
      let hint = nearest(to: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
      let known =
        names.isEmpty
        ? " It has none; --clusters makes some."
        : " It has \(names.joined(separator: ", ")); --clusters makes more."
      throw WorkbenchError(
        "Section \(export.section.name) has no categories '\(name)'.\(hint)\(known)")
    }
    category = found
  }

  /// Writes the file, or the folder, whole or not at all.
  ///
  /// - Returns: what the format cannot hold, one plain sentence each.
  /// - Throws: when there is nothing of what the format holds, it is there and is not to be
  ///   replaced, or it cannot be written.
  @discardableResult
  public func write(
    as format: ConversionFormat, to url: URL, replacing: Bool
  ) throws(WorkbenchError) -> [String] {
    guard !export.section.spots.isEmpty else {
      throw WorkbenchError(
        "Section \(export.section.name) is an image without spots: there is nothing to convert.")
    }
    do {
      switch format {
      case .h5ad:
        try export.writeAnnData(to: url, replacing: replacing)
        return notes + export.annDataNotes
      case .geojson:
        let content = GeoJSONContent(
          shapes ?? (category == nil ? .spots : .regions), ofCategory: category, genes: genes)
        if content.shapes != .spots, category == nil { throw noCategories("no regions to draw") }
        try export.writeGeoJSON(content, to: url, replacing: replacing)
      case .loupe:
        guard let category else { throw noCategories("nothing for Loupe Browser") }
        try writeWhole(
          Array(export.loupeCSV(ofCategory: category).utf8), to: url, replacing: replacing)
      case .st: return try export.writeLegacyST(to: url, replacing: replacing)
      }
      return notes
    } catch let error as WorkbenchError {
      throw error
    } catch { throw WorkbenchError("\(error)") }
  }

  private func noCategories(_ lack: String) -> WorkbenchError {
    WorkbenchError(
      "Section \(export.section.name) has neither labels nor clusters, so \(lack). Make clusters "
        + "with --clusters.")
  }
}

extension SectionExport.Categories {
  /// K-means clusters by their letters, each in the colour of the label it matches best.
  public init(_ result: ClusterResult, _ section: LoadedSection) {
    let letters = (0..<result.clusterCount).map(clusterLetter)
    let annotation = Annotation(
      name: result.settings.method.map { "clusters_\($0)" } ?? "clusters", categories: letters,
      categoryOfSpot: result.clusterOfSpot)
    let spots = result.clusterOfSpot.count { $0 != nil }
    self.init(
      annotation, colors: result.colors(matching: section.section.labels),
      origin: result.settings.summary(genes: result.geneCount, spots: spots))
  }
}

extension ClusterResult {
  /// `0xRRGGBB` for each cluster: the colour of the label it shares most spots with, or one that no
  /// label takes.
  func colors(matching labels: Annotation?) -> [UInt32] {
    let palette = CategoricalPalette.okabeIto
    var places = [Int?](repeating: nil, count: clusterCount)
    if let labels {
      places = categoriesMatching(
        clusters: clusterOfSpot, clusterCount: clusterCount, categories: labels.categoryOfSpot,
        categoryCount: labels.categories.count)
    }
    let taken = Set(places.compactMap(\.self))
    var free = (0..<Int.max).lazy.filter { !taken.contains($0) }.makeIterator()
    return places.map { palette.color(of: $0 ?? free.next() ?? 0).value }
  }
}
