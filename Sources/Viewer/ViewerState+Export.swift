import Drawing
import Foundation
import Sections
import Workbench

/// Writing what is on display.
extension ViewerState {
  /// The sides a picture may have, in pixels or points.
  static let pictureSides = 64...16_384

  /// Why something cannot be written now, or nil when it can.
  func reasonAgainst(_ kind: ExportKind) -> String? {
    guard let loaded else { return "no section is open" }
    if loaded.section.spots.isEmpty, kind != .picture { return "this is an image without spots" }
    switch kind {
    case .clusters, .loupe:
      return activeClusters == nil ? "clusters are still being computed" : nil
    case .h5ad: return nil
    case .geojson, .picture:
      return loaded.section.missingPositions == nil
        ? nil : "the spots of \(loaded.section.name) have no positions"
    }
  }

  /// What the menu says of something besides its help, such as that predictions are awaited.
  func remark(on kind: ExportKind) -> String? {
    guard kind == .h5ad || kind == .geojson else { return nil }
    let waiting = methods.filter { $0.ready == nil }.map(\.method.name)
    return waiting.isEmpty ? nil : "without \(waiting.joined(separator: ", ")): not predicted"
  }

  mutating func takeInExports(_ key: Key, _ selected: Int) -> [ViewerEffect] {
    let all = ExportKind.allCases
    switch key {
    case .enter, .character(" "): ask(for: all[selected])
    case .down, .character("j"), .tab, .character("e"):
      overlay = .exports(selected: (selected + 1) % all.count)
    case .up, .character("k"): overlay = .exports(selected: max(0, selected - 1))
    case .home, .character("g"): overlay = .exports(selected: 0)
    case .end, .character("G"): overlay = .exports(selected: all.count - 1)
    case .character("q"): overlay = nil
    case .character(let digit):
      if let number = digit.wholeNumberValue, all.indices.contains(number - 1) {
        ask(for: all[number - 1])
      }
    default: break
    }
    return []
  }

  /// Asks for the file's name, or says why there is nothing to write.
  mutating func ask(for kind: ExportKind) {
    overlay = nil
    if let reason = reasonAgainst(kind) {
      message = Message(text: "\(kind.title): \(reason)", kind: .warning)
      return
    }
    guard let loaded else { return }
    var parts = [loaded.section.name]
    switch kind {
    case .clusters, .loupe: parts += [activeSource.method].compactMap(\.self)
    case .picture: parts += [genes.selectedName].compactMap(\.self)
    case .h5ad, .geojson: break
    }
    let file = parts.joined(separator: "_").replacingOccurrences(of: "/", with: "_") + kind.ending
    overlay = .prompt(
      Prompt(
        purpose: .export(kind),
        title: kind == .picture
          ? "\(kind.title): FILE.png or .svg, and WIDTHxHEIGHT" : "\(kind.title), to",
        text: kind == .picture ? "\(file) 1920x1080" : file))
  }

  /// Takes the name of a file to write.
  mutating func export(_ kind: ExportKind, to text: String) -> Result<ExportRequest, Complaint> {
    guard !text.isEmpty else { return .failure(Complaint("Type the name of a file.")) }
    var path = text
    var content: ExportRequest.Content?
    switch kind {
    case .clusters: content = clusterContent(.table)
    case .loupe: content = clusterContent(.loupe)
    case .h5ad: content = sectionContent(.h5ad)
    case .geojson: content = sectionContent(.geojson)
    case .picture:
      guard let (file, width, height) = Self.pictureFile(text) else {
        return .failure(
          Complaint(
            "Write a file and a size, such as panels.png 1920x1080; sides from "
              + "\(Self.pictureSides.lowerBound) to \(Self.pictureSides.upperBound)."))
      }
      path = file
      content = .picture(ViewSnapshot(self), width: width, height: height)
    }
    guard let content else { return .failure(Complaint("There is nothing to write any more.")) }
    return .success(
      ExportRequest(content: content, path: path, replacing: false, section: sectionIndex))
  }

  /// Why an answer would not do.
  struct Complaint: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  private func clusterContent(_ format: ClusterExportFormat) -> ExportRequest.Content? {
    guard let clusters = activeClusters, let loaded else { return nil }
    return .clusters(
      format, clusterOfSpot: loaded.section.spots.indices.map(clusters.group(ofSpot:)),
      letters: clusters.groups.indices.map(clusterLetter), names: clusters.groups.map(\.name))
  }

  /// The clusters of the focused panel come first: QuPath gets those. Where labels have the focus it
  /// gets them.
  private func sectionContent(_ format: ConversionFormat) -> ExportRequest.Content? {
    guard let loaded else { return nil }
    let active = activeSource
    let sources =
      [active] + [ClusterSource.observed].filter { $0 != active }
      + methods.map { .method($0.method.name) }.filter { $0 != active }
    return .section(
      format, predictions: methods.compactMap { $0.ready?.prediction },
      clusters: sources.compactMap { categories(of: $0, loaded) },
      labelsFirst: focusedPanel == .labels, normalization, gene: genes.selectedName)
  }

  /// Clusters under the names and colours that they have on the screen.
  private func categories(
    of source: ClusterSource, _ loaded: LoadedSection
  ) -> SectionExport.Categories? {
    guard let view = clusterSets[source]?.view else { return nil }
    let spots = loaded.section.spots.indices.map(view.group(ofSpot:))
    let settings = view.result.settings
    return SectionExport.Categories(
      Annotation(
        name: source.method.map { "clusters_\($0)" } ?? "clusters",
        categories: view.groups.map(\.name), categoryOfSpot: spots),
      colors: view.groups.map { palette.color(of: $0.color).value },
      origin: settings.summary(genes: view.result.geneCount, spots: spots.count { $0 != nil }))
  }

  /// The file and size of `panels.png 1920x1080`; 1920 × 1080 where no size is said.
  static func pictureFile(_ text: String) -> (file: String, width: Int, height: Int)? {
    let words = text.split(separator: " ")
    guard let last = words.last, words.count > 1 else { return (text, 1920, 1080) }
    let sides = last.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2 else { return (text, 1920, 1080) }
    guard let width = sides[0], let height = sides[1], pictureSides.contains(width),
      pictureSides.contains(height)
    else { return nil }
    let file = text.dropLast(last.count).trimmingCharacters(in: .whitespaces)
    return (file, width, height)
  }
}
