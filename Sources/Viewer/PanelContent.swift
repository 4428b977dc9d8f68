import Drawing
import Foundation
import Sections
import Workbench

/// What one panel shows, before it is drawn on cells or pixels.
struct PanelContent: Sendable {
  /// What stands below the spots.
  enum Key: Sendable {
    case scale(ColorScale)
    case legend([LegendEntry])
    /// A line of words.
    case words(String)
    /// A length in image pixels.
    case length
  }

  var name: String
  /// Names where there is no room for both the whole of it and the first fact, longest first.
  var shortNames: [String]
  /// What else the title says, most important first.
  var facts: [String]
  /// Facts in fewer words, for titles without room, by the whole fact.
  var shorterFacts: [String: String] = [:]
  /// Where the values are, when that is not at the section's spots.
  var layout: SpotLayout?
  /// One for each spot; nil leaves the spot out.
  var inks: [Ink?]
  /// A letter for each spot, so that colour is never the only sign.
  var marks: [Unicode.Scalar?]?
  var showsTissue: Bool
  /// What spots are drawn with where they are outlines; `inks` where it is nil.
  var outline: Ink?
  var key: Key
  /// Beside the limits of the scale; how the limits were found where it is nil.
  var unit: String?
  /// A spot that the panel is about, marked wherever the cursor is.
  var target: Int?
  /// Drawn in place of the spots.
  var plot: ScatterPlot?
  /// For values around zero: each spot's value as a share of the limit, −1...1 and beyond.
  var shares: [Float]?
  /// Said in place of the spots when there is nothing to draw yet.
  var notice: Notice?
  /// Said below the spots when they are not what they should be.
  var caution: String?
}

/// A category in a legend.
struct LegendEntry: Sendable, Hashable {
  var letter: String
  var name: String
  var color: Color

  /// The cells that the entry takes in a row, with the space behind it.
  var columns: Int { name.columns + 6 }
}

extension ViewerState {
  /// Told apart from the pink and violet of the stains, and from white.
  private static let spotOutline = Ink.color(Color(0x00A08A))

  /// A spot's radius in image pixels, where the section's files tell it.
  func spotRadius(_ section: LoadedSection) -> Double? {
    section.section.spotDiameter.map { $0 * section.section.placement.scale / 2 }
  }

  /// What some panels show now, on scales that they may share.
  func contents(of kinds: [PanelKind], _ section: LoadedSection) -> [PanelContent] {
    let values = geneValues(for: kinds)
    return kinds.map { content(of: $0, section, values) }
  }

  private func content(
    of kind: PanelKind, _ section: LoadedSection, _ values: GeneValues
  ) -> PanelContent {
    let (name, facts) = title(of: kind)
    var content = PanelContent(
      name: name, shortNames: shortNames(of: kind), facts: facts,
      shorterFacts: shorterFacts(of: kind),
      inks: Array(repeating: nil, count: section.layout.count),
      showsTissue: underlay != nil && (kind == .image || showsUnderlay), key: .length)
    switch kind {
    case .image:
      switch image {
      case .ready: content.outline = ViewerState.spotOutline
      case .loading: content.notice = Notice("reading the image …")
      case .failed(let problem): content.notice = Notice(problem, isFailure: true)
      case .none: content.notice = Notice("this section has no image")
      }
    case .observed:
      guard let shown = values.observed else { break }
      fill(&content, shown)
    case .method(let name):
      guard let shown = values.predicted[name] else {
        content.notice =
          method(named: name).flatMap { notice(about: $0, .spots) }
          ?? Notice("there is no method '\(name)' here")
        break
      }
      content.layout = drawnPrediction(of: name)?.layout
      if method(named: name)?.epochProblem != nil {
        content.caution = "newest failed, m: why"
      }
      fill(&content, shown)
      if !shown.isShared, !hasOwnScales {
        content.unit = "own scale"
      }
    case .difference: fillDifference(&content)
    case .scatter: fillScatter(&content)
    case .drivers: fillDrivers(&content)
    case .clusters, .methodClusters:
      guard let source = kind.clusterSource else { break }
      guard let clusters = clusterSets[source]?.view else {
        content.notice = clusterNotice(source)
        break
      }
      fill(
        &content, categories: section.section.spots.indices.map(clusters.group(ofSpot:)),
        colors: clusters.groups.map { palette.color(of: $0.color) },
        letters: clusters.groups.indices.map(clusterLetter))
      content.key = .legend(legend(of: clusters))
    case .tumour: fillTumour(&content)
    case .labels:
      guard let labels = section.section.labels else {
        content.notice = Notice("this section has no pathologist's labels")
        break
      }
      fill(
        &content, categories: labels.categoryOfSpot,
        colors: labels.categories.indices.map(palette.color(of:)), letters: labels.letters)
      content.key = .legend(labelLegend)
    }
    return content
  }

  private func fill(_ content: inout PanelContent, _ shown: GeneValues.Shown) {
    let scale = shown.scale
    content.inks = shown.values.map { scale.color(of: $0).map(Ink.color) ?? .role(.missing) }
    content.key = .scale(scale)
  }

  private func fillDifference(_ content: inout PanelContent) {
    switch differenceValues() {
    case .failure(let notice): content.notice = notice
    case .success(let values):
      // Zero is the ramp's middle, so both limits are as far away.
      let limit = limits.limits(of: values.map(abs)).upper
      let scale = ColorScale(ramp: .difference, lower: -limit, upper: limit)
      content.inks = values.map { scale.color(of: $0).map(Ink.color) ?? .role(.missing) }
      // Signs where the colour leaves the middle, so that it is never the only one.
      content.marks = values.map { abs($0) < limit / 4 ? nil : $0 > 0 ? "+" : "−" }
      content.key = .scale(scale)
      content.unit = limits == .full ? "± largest" : "± p99"
      content.shares = limit > 0 ? values.map { $0 / limit } : nil
    }
  }

  private func fillScatter(_ content: inout PanelContent) {
    guard let view = comparedMethod else {
      content.notice = Notice("there is no method to compare")
      return
    }
    content.notice = comparisonNotice(about: view)
    guard content.notice == nil, let ready = view.ready, let gene = genes.selected,
      let predicted = ready.values(ofGene: gene),
      let observed = observed(for: ready)?.values(ofGene: gene)
    else { return }
    let plot = ScatterPlot(observed: observed, predicted: predicted)
    content.plot = plot
    content.key = .words(plot.summary)
  }

  private func clusterNotice(_ source: ClusterSource) -> Notice {
    if let problem = clusterSets[source]?.problem { return Notice(problem, isFailure: true) }
    if let name = source.method, let view = method(named: name), view.ready == nil {
      return notice(about: view, .spots) ?? Notice("computing clusters …")
    }
    return Notice("computing clusters …")
  }

  func fill(
    _ content: inout PanelContent, categories: [Int?], colors: [Color], letters: [String]
  ) {
    let marks = letters.map { $0.unicodeScalars.first }
    content.inks = categories.map { $0.map { .color(colors[$0]) } ?? .role(.missing) }
    content.marks = categories.map { $0.flatMap { marks[$0] } }
  }

  /// The tissue behind the spots, once the image is there.
  var underlay: Underlay? {
    guard case .ready(let pyramid) = image else { return nil }
    let ground = theme[.background]
    let dimColor: Color = if case .color(let color) = ground { color } else { Color(0) }
    return Underlay(picture: pyramid, details: details, dimming: dimming, dimColor: dimColor)
  }

  /// The legend of the clusters that a panel shows.
  func clusterLegend(of kind: PanelKind) -> [LegendEntry] {
    kind.clusterSource.flatMap { clusterSets[$0]?.view }.map(legend) ?? []
  }

  private func legend(of clusters: ClusterView) -> [LegendEntry] {
    let counts = clusters.spotsOfGroup
    return clusters.liveGroups.map { group in
      let name = clusters.groups[group].name
      let letter = clusterLetter(group)
      return LegendEntry(
        letter: letter, name: name == letter ? "\(counts[group])" : "\(name) \(counts[group])",
        color: palette.color(of: clusters.groups[group].color))
    }
  }

  var labelLegend: [LegendEntry] {
    guard let labels = loaded?.section.labels else { return [] }
    let letters = labels.letters
    return labels.categories.enumerated().map { category, name in
      LegendEntry(letter: letters[category], name: name, color: palette.color(of: category))
    }
  }
}
