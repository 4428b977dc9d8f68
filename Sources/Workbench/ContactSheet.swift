import Drawing
import Foundation
import Sections

/// Small maps of many genes: a cell a gene, in it what was observed and what methods predict, one
/// above the other.
public struct ContactSheet: Sendable {
  /// What a cell shows.
  public enum Row: Sendable, Hashable {
    case observed
    /// A prediction by its method's name.
    case method(String)
  }

  /// Which genes, by what a user says.
  public enum Choice: Sendable, Hashable {
    /// So many with the largest variance, of those that all methods shown predict.
    case mostVariable(Int)
    /// These, in this order.
    case named([String])

    /// `top:24`, names separated by commas, or a file with a name a line.
    ///
    /// - Throws: why it is none of these.
    public init(_ text: String) throws {
      if text.hasPrefix("top:") {
        guard let count = Int(text.dropFirst(4)), 1...2000 ~= count else {
          throw WorkbenchError("'\(text)' names no number of genes from 1 to 2000, as top:24 does.")
        }
        self = .mostVariable(count)
      } else if FileManager.default.fileExists(atPath: text) {
        self = .named(try Panel(reading: URL(filePath: text)).genes)
      } else {
        let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        self = .named(names.filter { !$0.isEmpty })
      }
    }
  }

  /// What is shown, from top to bottom.
  public var rows: [Row] = [.observed]
  /// The colours of values.
  public var ramp = ColorRamp.viridis
  /// How the limits of colours are found.
  public var limits = ValueLimits.percentiles
  /// The width of each map in points.
  public var mapWidth = 180.0
  /// Cells beside each other.
  public var columns = 6
  /// The height of a page in points, at most; a page has one row of cells at least.
  public var pageHeight = 4000.0

  private let section: LoadedSection
  private let normalization: Normalization
  private let predictions: [Prediction]
  private let genes: [String]

  /// - Throws: when a gene is in neither the section nor a prediction, or none is left.
  public init(
    of section: LoadedSection, _ choice: Choice, rows: [Row], predictions: [Prediction],
    normalization: Normalization
  ) throws(WorkbenchError) {
    self.section = section
    self.rows = rows
    self.predictions = predictions
    self.normalization = normalization
    let known = predictions.map { Set($0.genes) }
    switch choice {
    case .named(let names):
      let all = Set(section.section.genes)
      for name in names where !all.contains(name) && !known.contains(where: { $0.contains(name) }) {
        let hint =
          nearest(to: name, among: section.section.genes).map { " Did you mean '\($0)'?" } ?? ""
        throw WorkbenchError("Section \(section.section.name) has no gene '\(name)'.\(hint)")
      }
      genes = names
    case .mostVariable(let count):
      let variance =
        (normalization == section.normalization
        ? section.statistics : section.expression(normalization).statistics()).variance
      let names = section.section.genes
      genes = names.indices
        .filter { gene in known.allSatisfy { $0.contains(names[gene]) } }
        .sorted { (variance[$0], $1) > (variance[$1], $0) }.prefix(count).map { names[$0] }
    }
    guard !genes.isEmpty else { throw WorkbenchError("There is no gene to draw.") }
  }

  /// The pages, each as large as its cells; one where all fit.
  public func pages() -> [VectorPicture] {
    let cells = genes.map(cell)
    let columns = max(1, min(self.columns, cells.count))
    let lines = stride(from: 0, to: cells.count, by: columns).map {
      Array(cells[$0..<min($0 + columns, cells.count)])
    }
    var pages: [[[VectorPicture]]] = [[]]
    var height = 0.0
    for line in lines {
      let needed = (line.map(\.height).max() ?? 0) + 8
      if height + needed > pageHeight, !pages[pages.count - 1].isEmpty {
        pages.append([])
        height = 0
      }
      pages[pages.count - 1].append(line)
      height += needed
    }
    return pages.enumerated().map { number, lines in
      let page = pages.count > 1 ? ", page \(number + 1) of \(pages.count)" : ""
      return FigureGrid(
        title: "Section \(section.section.name)\(page)", rows: lines, caption: caption
      ).picture()
    }
  }

  /// The maps of one gene, on one scale where their values are of one kind.
  private func cell(_ gene: String) -> VectorPicture {
    let maps = rows.map { row in self.map(of: gene, row) }
    let pictures = maps.enumerated().map { place, map in
      let alike = maps.filter { $0.normalization == map.normalization }
      let limits = limits.limits(of: alike.flatMap { $0.values ?? [] })
      let scale = ColorScale(ramp: ramp, lower: limits.lower, upper: limits.upper)
      let isLastOfKind =
        maps.lastIndex { $0.normalization == map.normalization && $0.values != nil } == place
      let content: SpotMap.Content =
        map.values.map { .values($0, scale, unit: map.unit) }
        ?? .painted(
          section.layout.x.map { _ in nil }, letters: [],
          .words(map.isOfObserved ? "not measured" : "not predicted"))
      var spotMap = SpotMap(
        title: place == 0 ? gene : map.name, subtitle: place == 0 ? map.name : "",
        layout: section.layout, content: content)
      spotMap.showsKey = isLastOfKind || map.values == nil
      return spotMap.picture(width: mapWidth)
    }
    return FigureGrid(rows: pictures.map { [$0] }, gap: 0).picture()
  }

  private struct Map {
    var name: String
    var isOfObserved: Bool
    var values: [Float]?
    var normalization: Normalization?
    var unit: String {
      switch normalization?.logarithm {
      case .natural: "ln"
      case .base10: "log10"
      case .some(.none): "counts"
      case nil: ""
      }
    }
  }

  private func map(of gene: String, _ row: Row) -> Map {
    switch row {
    case .observed:
      // As the first method shown was trained, so that the two compare.
      let basis = section.expression(normalization)
      let seen =
        predictions.first.map { $0.observed(in: section.section, otherwise: basis) } ?? basis
      let place = section.section.genes.firstIndex(of: gene)
      return Map(
        name: "observed", isOfObserved: true, values: place.map(seen.values(ofGene:)),
        normalization: seen.normalization)
    case .method(let name):
      let prediction = predictions.first { $0.method == name }
      return Map(
        name: name, isOfObserved: false,
        values: prediction.flatMap { prediction in
          prediction.genes.firstIndex(of: gene).map(prediction.values(ofGene:))
        }, normalization: prediction?.normalization ?? normalization)
    }
  }

  private var caption: String {
    let shown = predictions.first?.normalization ?? normalization
    let library =
      predictions.first?.geneCount ?? section.panel?.count ?? section.section.genes.count
    return "\(section.section.spots.count.grouped) spots; \(shown.formula(panelSize: library)); "
      + "colours \(limits.rawValue) of each gene."
  }
}
