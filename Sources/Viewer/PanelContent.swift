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
  var key: Key
  /// Beside the limits of the scale; how the limits were found where it is nil.
  var unit: String?
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
      case .ready: break
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
      let expression = shownExpression
      let value = spot.flatMap { spot in
        genes.selected.flatMap { expression?.values(ofGene: $0)[spot] }
      }
      let unit = followsMethod ? expression?.normalization.name : nil
      return (
        "Observed · \(genes.selectedName ?? "no gene")",
        [unit, value.map { "at spot \(shortNumber($0))" }].compactMap(\.self)
      )
    case .method(let name): return methodTitle(name)
    case .difference:
      let name = comparedMethod?.method.name ?? "no method"
      let other = referenceMethod?.method.name ?? "observed"
      return ("\(name) − \(other)", [genes.selectedName ?? "no gene"])
    case .scatter:
      return (
        "\(comparedMethod?.method.name ?? "no method") by observed",
        [genes.selectedName ?? "no gene"]
      )
    case .clusters, .methodClusters: return clusterTitle(kind)
    case .labels: return ("Pathologist", label.map { [$0] } ?? [])
    }
  }

  /// A panel's name in fewer words: of a method itself, and of a run its epoch too.
  private func shortNames(of kind: PanelKind) -> [String] {
    guard let name = kind.method else { return [] }
    guard case .method = kind, let view = method(named: name), view.ready != nil,
      let epoch = view.epochs[.spots]?.number
    else { return [name] }
    return ["\(name) · epoch \(epoch)", "\(name) ep \(epoch)"]
  }

  private func shorterFacts(of kind: PanelKind) -> [String: String] {
    switch kind {
    case .method(let name):
      guard let scores = method(named: name)?.scores, let gene = genes.selected,
        scores.pearson.indices.contains(gene), let fact = scores.facts(ofGene: gene).first
      else { return [:] }
      return [fact: "PCC \(correlation(scores.pearson[gene]))"]
    case .clusters, .methodClusters:
      guard let set = kind.clusterSource.flatMap({ clusterSets[$0] }), let view = set.view,
        let agreement = view.agreement
      else { return [:] }
      let whole = "ARI \(randIndex(agreement, merged: view.mergedClusters, set))"
      guard let seeds = whole.range(of: " (") else { return [:] }
      let spread = String(whole[..<seeds.lowerBound])
      return [whole: spread, spread: String(spread.prefix { $0 != "±" }.dropLast())]
    default: return [:]
    }
  }

  private func methodTitle(_ name: String) -> (name: String, facts: [String]) {
    guard let view = method(named: name), let ready = view.ready else { return (name, []) }
    let whole = [name, view.epochName].compactMap(\.self).joined(separator: " · ")
    guard let gene = genes.selected, ready.predicts(gene: gene) else { return (whole, []) }
    let title = "\(whole) · \(genes.selectedName ?? "no gene")"
    var facts: [String] = []
    if let scores = view.scores {
      facts += ready.layout != nil ? ["no PCC between spots"] : scores.facts(ofGene: gene)
    }
    // Whose normalization is unknown is compared under the one chosen.
    if ready.observed == nil, followsMethod { facts.append("as \(normalization.name)") }
    if isDense, view.canBeDense {
      switch view.dense {
      case .predicting(let progress):
        facts.append("finer: \(Int((progress?.fraction ?? 0) * 100)) %")
      case .failed: facts.append("finer failed")
      case .ready(let dense):
        let epoch = view.epochs[.dense]?.number
        let isOlder = epoch != view.epochs[.spots]?.number
        facts.append(
          "\(dense.prediction.spotCount.grouped) places"
            + (isOlder ? epoch.map { " of epoch \($0)" } ?? "" : ""))
      default: break
      }
    }
    if let spot, let value = ready.value(ofGene: gene, atSpot: spot) {
      facts.append("at spot \(shortNumber(value))")
    }
    if let doubt = doubt(about: ready.prediction) { facts.append(doubt) }
    return (title, facts)
  }

  /// What a model knew of the section on display, where that makes its scores doubtful.
  func doubt(about prediction: Prediction) -> String? {
    guard let section = loaded?.section, let origin = prediction.origin else { return nil }
    let standing = origin.standing(ofSection: section.name, patient: section.patient)
    return standing == .patientUnseen || standing == .unknown ? nil : standing.rawValue
  }

  private func clusterTitle(_ kind: PanelKind) -> (name: String, facts: [String]) {
    let name = kind.method.map { "Clusters of \($0)" } ?? "Clusters"
    guard let source = kind.clusterSource, let set = clusterSets[source] else { return (name, []) }
    if set.isRunning { return (name, ["k = \(clusterCount) …"]) }
    guard let clusters = set.view else { return (name, []) }
    let merged = clusters.mergedClusters
    var facts = ["k = \(clusters.result.clusterCount)" + (merged > 0 ? ", \(merged) merged" : "")]
    if let agreement = clusters.agreement {
      facts.append("ARI \(randIndex(agreement, merged: merged, set))")
      facts.append(String(format: "NMI %.2f", agreement.normalizedMutualInformation))
    } else if let agreement = clusters.agreementWithOther {
      facts += [String(format: "ARI %.2f", agreement), "with observed"]
    } else {
      facts.append(clusters.result.settings.normalization.name)
    }
    if kind.method != nil { facts.append("\(clusters.result.geneCount.grouped) genes") }
    return (name, facts)
  }

  /// The adjusted Rand index over the seeds, or of the clusters on display until those are there
  /// and where clusters have been merged.
  private func randIndex(
    _ agreement: ClusterView.Agreement, merged: Int, _ set: ClusterSet
  ) -> String {
    guard merged == 0, set.seeds.count > 1,
      let spread = Spread(set.seeds.map { $0.adjustedRandIndex ?? .nan })
    else { return String(format: "%.2f", agreement.adjustedRandIndex) }
    return String(format: "%.2f ± %.2f", spread.mean, spread.deviation)
      + " (\(set.seeds.count) seeds)"
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

extension MethodScores {
  /// A gene's correlation beside what it could at best be, and how likely it is by chance.
  fileprivate func facts(ofGene gene: Int) -> [String] {
    let r = pearson[gene]
    guard !r.isNaN else { return ["no PCC: constant"] }
    let chance = "p \(probability(minusLog10: minusLog10P[gene]))"
    guard let attainable else { return ["PCC \(correlation(r))", chance] }
    let best = attainable[gene]
    return best.isNaN
      ? ["\(correlation(r)), unmeasurable here", chance]
      : ["\(correlation(r)) of \(correlation(best))", chance]
  }
}

/// A share in percent; `–` for what is none.
func percent(_ share: Float) -> String {
  share.isFinite ? String(format: "%.0f %%", (share * 100).rounded() + 0) : "–"
}

/// A correlation in two decimals; rounded first, so that no zero has a sign.
func correlation(_ r: Float) -> String { String(format: "%.2f", (r * 100).rounded() / 100 + 0) }

/// A probability from its −log₁₀: `0.03`, `1e-8`; below the smallest numbers too.
func probability(minusLog10 exponent: Float) -> String {
  guard exponent.isFinite else { return exponent.isNaN ? "–" : "0" }
  if exponent < 1.995 { return String(format: "%.2f", pow(10, Double(-exponent))) }
  if exponent < 3 { return String(format: "%.3f", pow(10, Double(-exponent))) }
  // Cut off, not rounded: the probability is no larger than what is said.
  return "1e-\(Int(exponent))"
}
