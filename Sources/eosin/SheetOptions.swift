import ArgumentParser
import Drawing
import Foundation
import Sections
import Viewer
import Workbench

/// Small maps of many genes as one picture or several.
struct SheetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw small maps of many genes in place of panels: a file with a gene a line, top:24 for the "
        + "most variable ones, or names separated by commas. --show takes observed and methods, "
        + "drawn one above the other.", valueName: "genes"),
    completion: .file())
  var sheet: String?

  @Option(help: "With --sheet: how many genes beside each other.") var columns = 6

  mutating func validate() throws {
    if !(1...50).contains(columns) {
      throw ValidationError("--columns takes a number from 1 to 50.")
    }
    if sheet == nil, columns != 6 { throw ValidationError("--columns goes with --sheet.") }
  }

  /// The pages of the sheet.
  ///
  /// - Parameters:
  ///   - kinds: the panels asked for, observed and methods only.
  ///   - mapWidth: in points.
  func pages(
    _ text: String, showing kinds: [PanelKind], source: SectionOptions, methods: MethodOptions,
    ramp: ColorRamp?, mapWidth: Double
  ) throws -> [VectorPicture] {
    let rows = try kinds.map { kind in
      switch kind {
      case .observed: ContactSheet.Row.observed
      case .method(let name): ContactSheet.Row.method(name)
      default:
        throw ValidationError(
          "A sheet shows observed and method:NAME, not \(kind.rawValue).")
      }
    }
    let dataSet = try source.dataSet()
    let wanted = Set(kinds.compactMap(\.method))
    let comparison = try methods.comparison(in: dataSet, leavesOutStored: wanted.isEmpty)
    let names = comparison.methods.map(\.name)
    for name in wanted where !names.contains(name) {
      let hint = nearest(to: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
      throw WorkbenchError("There is no method '\(name)' here.\(hint)")
    }
    let workbench = Workbench()
    let section = try source.load(with: workbench, preferring: comparison.section)
    let interruption = Interruption()
    // In the order of the rows: the first decides how observed values are seen.
    let shown = kinds.compactMap(\.method).compactMap { name in
      comparison.methods.first { $0.name == name }
    }
    let predictions = try shown.map { method in
      let bar = ProgressBar(method.name)
      defer { bar.finish() }
      return try workbench.predict(
        method, section, progress: bar.show, isCancelled: { interruption.hasCome })
    }
    var sheet = try ContactSheet(
      of: section, try ContactSheet.Choice(text), rows: rows, predictions: predictions,
      normalization: section.normalization)
    if let ramp { sheet.ramp = ramp }
    sheet.mapWidth = mapWidth
    sheet.columns = columns
    return sheet.pages()
  }

  /// The files of so many pages: `genes-1.png` and on where there are several.
  static func files(_ output: String, pages: Int) -> [String] {
    guard pages > 1 else { return [output] }
    let path = output as NSString
    let ending = path.pathExtension.isEmpty ? "" : ".\(path.pathExtension)"
    return (1...pages).map { "\(path.deletingPathExtension)-\($0)\(ending)" }
  }
}
