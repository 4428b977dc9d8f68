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
    /// A length in image pixels.
    case length
  }

  var name: String
  /// What else the title says, most important first.
  var facts: [String]
  /// One for each spot; nil leaves the spot out.
  var inks: [Ink?]
  /// A letter for each spot, so that colour is never the only sign.
  var marks: [Unicode.Scalar?]?
  var showsTissue: Bool
  var key: Key
  /// Said in place of the spots when there is nothing to draw yet.
  var notice: String?
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
  /// What a panel shows now.
  func content(of kind: PanelKind, _ section: LoadedSection) -> PanelContent {
    let (name, facts) = title(of: kind)
    var content = PanelContent(
      name: name, facts: facts, inks: Array(repeating: nil, count: section.layout.count),
      showsTissue: underlay != nil && (kind == .image || showsUnderlay), key: .length)
    switch kind {
    case .image:
      switch image {
      case .ready: break
      case .loading: content.notice = "reading the image …"
      case .failed(let problem): content.notice = problem
      case .none: content.notice = "this section has no image"
      }
    case .observed:
      guard let expression, let gene = genes.selected else { break }
      let values = expression.values(ofGene: gene)
      let range = limits.limits(of: values)
      let scale = ColorScale(ramp: ramp, lower: range.lower, upper: range.upper)
      content.inks = values.map { scale.color(of: $0).map(Ink.color) ?? .role(.missing) }
      content.key = .scale(scale)
    case .clusters:
      guard let clusters else {
        content.notice = clusteringProblem ?? "computing clusters …"
        break
      }
      fill(
        &content, categories: section.section.spots.indices.map(clusters.group(ofSpot:)),
        colors: clusters.groups.map { palette.color(of: $0.color) },
        letters: clusters.groups.indices.map(clusterLetter))
      content.key = .legend(clusterLegend)
    case .labels:
      guard let labels = section.section.labels else {
        content.notice = "this section has no pathologist's labels"
        break
      }
      fill(
        &content, categories: labels.categoryOfSpot,
        colors: labels.categories.indices.map(palette.color(of:)), letters: labels.letters)
      content.key = .legend(labelLegend)
    }
    return content
  }

  private func fill(
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
    return Underlay(picture: pyramid, detail: detail, dimming: dimming, dimColor: dimColor)
  }

  private func title(of kind: PanelKind) -> (name: String, facts: [String]) {
    let label = spot.flatMap { loaded?.section.labels?.label(ofSpot: $0) }
    switch kind {
    case .image:
      let size = loaded?.section.image.map { "\($0.width) × \($0.height) px" }
      return ("H&E", [size, dimming > 0 ? "dimmed" : nil].compactMap(\.self))
    case .observed:
      let value = spot.flatMap { spot in
        genes.selected.flatMap { expression?.values(ofGene: $0)[spot] }
      }
      return (
        "Observed · \(genes.selectedName ?? "no gene")",
        value.map { ["at spot \(shortNumber($0))"] } ?? []
      )
    case .clusters:
      var facts: [String] = []
      if let clusters {
        let merged = clusters.result.clusterCount - clusters.liveGroups.count
        facts = ["k = \(clusters.result.clusterCount)" + (merged > 0 ? ", \(merged) merged" : "")]
        if let agreement = clusters.agreement {
          facts.append(String(format: "ARI %.2f", agreement.adjustedRandIndex))
          facts.append(String(format: "NMI %.2f", agreement.normalizedMutualInformation))
        } else {
          facts.append(clusters.result.settings.normalization.name)
        }
      }
      return ("Clusters", isClustering ? ["k = \(clusterCount) …"] : facts)
    case .labels: return ("Pathologist", label.map { [$0] } ?? [])
    }
  }

  var clusterLegend: [LegendEntry] {
    guard let clusters else { return [] }
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

extension Annotation {
  /// One letter for each category: its own first letter where free, else the next free one.
  var letters: [String] {
    var taken = Set<String>()
    return categories.map { name in
      let candidates = name.filter(\.isLetter).uppercased() + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
      let letter = candidates.lazy.map(String.init).first { !taken.contains($0) } ?? "?"
      taken.insert(letter)
      return letter
    }
  }
}
