import Drawing
import Evaluation
import Foundation
import Sections
import Workbench

/// Where numbers come from, told of whatever has the focus.
extension ViewerState {
  /// Opens the overlay on the focused panel, the chosen column or the chosen cell.
  mutating func tellOrigin() -> [ViewerEffect] {
    overlay = .origin(focusedOrigin)
    guard fingerprint == nil, loaded != nil else { return [] }
    return [.fingerprint(section: sectionIndex)]
  }

  private var focusedOrigin: Origin {
    func method(_ name: String?, _ section: Int?) -> Origin {
      Origin(subject: name.map(Origin.Subject.method) ?? .observed, section: section)
    }
    switch display {
    case .scores: return method(scoredMethod, scoredSection)
    case .genes:
      let isOfMethod = geneColumns[min(geneColumn, geneColumns.count - 1)].isOfMethod
      return method(isOfMethod ? comparedMethod?.method.name : nil, sectionIndex)
    case .copyNumber: return method(copyNumber.method, sectionIndex)
    case .compare: break
    }
    guard case .panel(let kind) = focus, visiblePanels.contains(kind) else {
      return method(genes.ranking.methods.first, sectionIndex)
    }
    switch kind {
    case .image: return Origin(subject: .image, section: sectionIndex)
    case .observed: return Origin(subject: .observed, section: sectionIndex)
    case .method(let name): return method(name, sectionIndex)
    case .difference, .scatter: return method(comparedMethod?.method.name, sectionIndex)
    case .drivers: return Origin(subject: .drivers, section: sectionIndex)
    case .clusters, .methodClusters:
      return Origin(subject: .clusters(kind.clusterSource ?? .observed), section: sectionIndex)
    case .tumour: return Origin(subject: .tumour, section: sectionIndex)
    case .labels: return Origin(subject: .labels, section: sectionIndex)
    }
  }

  /// The overlay's title and all it has to say.
  func told(of origin: Origin) -> (title: String, lines: [OriginLine]) {
    let place = origin.section.map { references[$0].name } ?? "all sections"
    switch origin.subject {
    case .method(let name):
      return (
        "\(name) on \(place)",
        protocolLines(of: name, section: origin.section)
          + geneLines(of: name, section: origin.section) + Self.correlationLines
      )
    case .observed: return ("Observed expression of \(place)", observedLines)
    case .clusters(let source):
      let of = source.method.map { " of \($0)" } ?? ""
      return ("Clusters\(of) on \(place)", clusterLines(of: source))
    case .drivers: return ("What drove a prediction on \(place)", driversLines)
    case .tumour: return ("Tumour regions of \(place)", tumourLines)
    case .labels: return ("Pathologist's labels of \(place)", labelLines)
    case .image: return ("H&E image of \(place)", imageLines)
    }
  }

  // MARK: Methods

  /// A method's protocol on a section, or on all scored together: warnings first.
  func protocolLines(of name: String, section: Int?) -> [OriginLine] {
    guard let card = evaluations[name]?.card(ofSection: section) else {
      return [pendingLine(of: name, section: section)]
    }
    let warnings = card.warnings
    var lines = warnings.map { OriginLine(text: "! \($0)", role: .warning, isHeading: true) }
    if warnings.isEmpty {
      lines = [OriginLine(text: card.headline, role: .success, isHeading: true)]
    }
    lines += card.lines.map { OriginLine(label: $0.label, text: $0.text) }
    if let view = method(named: name) { lines.append(sourceLine(of: view)) }
    let notes = section.flatMap {
      evaluation(of: EvaluationKey(section: $0, method: name))?.scores?.method(name)?.notes
    }
    return lines + (notes ?? []).map { OriginLine(label: "note", text: $0, role: .muted) }
  }

  private func pendingLine(of name: String, section: Int?) -> OriginLine {
    guard let section else {
      return OriginLine(text: "No section has been scored yet.", role: .muted)
    }
    switch evaluation(of: EvaluationKey(section: section, method: name)) {
    case .failed(let problem): return OriginLine(text: problem, role: .failure)
    case .working(let progress?):
      return OriginLine(text: "\(Int(progress.fraction * 100)) % \(progress.stage)", role: .accent)
    default: return OriginLine(text: "Waiting to be scored …", role: .muted)
    }
  }

  private func sourceLine(of view: MethodView) -> OriginLine {
    switch view.method.source {
    case .checkpoint(let file): OriginLine(label: "file", text: file.path, role: .muted)
    case .table(let file): OriginLine(label: "table", text: file.path, role: .muted)
    case .layer(let path): OriginLine(label: "layer", text: path, role: .muted)
    case .run(let folder):
      OriginLine(
        label: "run",
        text: [folder.path, view.epochName].compactMap(\.self).joined(separator: ", "), role: .muted
      )
    }
  }

  /// The numbers of the gene on display.
  private func geneLines(of name: String, section: Int?) -> [OriginLine] {
    guard section == sectionIndex, let gene = genes.selected,
      let scores = method(named: name)?.scores
    else { return [] }
    let (r, gap) = (scores.pearson[gene], OriginLine(text: ""))
    var lines = [gap, .heading("\(genes.names[gene]) here")]
    guard !r.isNaN else {
      return lines + [
        OriginLine(text: "No correlation: not predicted, or the same at every spot on one side.")
      ]
    }
    lines.append(
      OriginLine(
        label: "PCC",
        text: String(format: "%.3f", r)
          + ", p \(probability(minusLog10: scores.minusLog10P[gene])) two-sided"))
    if let best = scores.attainable?[gene], let spread = scores.attainableSpread?[gene] {
      lines.append(
        OriginLine(
          label: "attainable",
          text: best.isNaN
            ? "unmeasurable: the two halves of its counts do not correlate"
            : String(format: "%.3f ± %.3f over halvings", best, spread)))
      if !best.isNaN { lines.append(OriginLine(label: "share", text: percent(r / best))) }
    }
    return lines
  }

  private static let correlationLines: [OriginLine] = [
    OriginLine(text: ""), .heading("What the numbers are"),
    OriginLine(
      text: "PCC: \(GeneMeasure.pearson.explanation) It ignores scale and offset: a prediction "
        + "can follow the pattern and still be far off. Observed values are under the prediction's "
        + "own normalization. A gene that is the same at all spots on either side has none, and is "
        + "in no mean."),
    OriginLine(text: AttainableShare.explanation),
  ]

  // MARK: Observed

  private var observedLines: [OriginLine] {
    guard let loaded else { return [OriginLine(text: "No section is open.", role: .muted)] }
    let section = loaded.section
    let shown = shownExpression?.normalization ?? normalization
    let panelSize =
      followsMethod
      ? comparedMethod?.ready?.prediction.geneCount ?? 0
      : loaded.panel?.count ?? section.genes.count
    var lines = [
      OriginLine(
        label: "section", text: "\(section.name), patient \(section.patient), \(section.platform)"),
      OriginLine(
        label: "size",
        text: "\(section.spots.count.grouped) spots, \(section.genes.count.grouped) genes"),
    ]
    lines += section.files.map { OriginLine(label: "file", text: $0.path) }
    lines += [
      OriginLine(label: "values", text: "\(shown.name): \(shown.formula(panelSize: panelSize))"),
      OriginLine(
        label: "because",
        text: followsMethod
          ? "\(comparedMethod?.method.name ?? "the method") was trained on these, and is compared "
            + "under no others"
          : "chosen; n takes the next"),
      OriginLine(label: "hash", text: fingerprint ?? "…"),
    ]
    lines += section.notes.map { OriginLine(label: "note", text: $0, role: .muted) }
    lines += [OriginLine(text: ""), .heading("What the numbers are")]
    let columns: [GeneColumn] = [.mean, .variance, .moransI]
    lines += columns.map { OriginLine(text: "\($0.title): \($0.explanation)") }
    let own = attainableMethod.map { " Here under the normalization of \($0.method.name)." } ?? ""
    return lines + [OriginLine(text: AttainableShare.explanation + own)]
  }

  private var imageLines: [OriginLine] {
    guard let image = loaded?.section.image else {
      return [OriginLine(text: "This section has no image.", role: .muted)]
    }
    let outside = loaded?.section.spotsOutsideImage ?? 0
    return [
      OriginLine(label: "file", text: image.url.path),
      OriginLine(label: "size", text: "\(image.width.grouped) × \(image.height.grouped) pixels"),
      OriginLine(
        label: "spots",
        text: outside == 0 ? "all on the image" : "\(outside.grouped) beside the image",
        role: outside == 0 ? .overlayText : .warning),
    ]
  }

  private var labelLines: [OriginLine] {
    guard let labels = loaded?.section.labels else {
      return [OriginLine(text: "This section has no pathologist's labels.", role: .muted)]
    }
    var lines: [OriginLine] = []
    if let file = references[sectionIndex].labels {
      lines.append(OriginLine(label: "file", text: file.path))
    }
    for (place, name) in labels.categories.enumerated() {
      let count = labels.categoryOfSpot.count { $0 == place }
      lines.append(OriginLine(label: "spots", text: "\(count.grouped) \(name)"))
    }
    let without = labels.categoryOfSpot.count { $0 == nil }
    if without > 0 {
      lines.append(OriginLine(label: "spots", text: "\(without.grouped) without a label"))
    }
    return lines + [
      OriginLine(text: ""),
      OriginLine(text: "Clusters are held against them without the spots labelled undetermined."),
    ]
  }

  // MARK: Clusters

  private func clusterLines(of source: ClusterSource) -> [OriginLine] {
    guard let set = clusterSets[source], let view = set.view, let loaded else {
      let problem = clusterSets[source]?.problem
      return [
        OriginLine(
          text: problem ?? "Clusters are still being computed.",
          role: problem == nil ? .muted : .failure)
      ]
    }
    let result = view.result
    let clustered = result.clusterOfSpot.count { $0 != nil }
    var lines = [
      OriginLine(
        label: "made by",
        text: result.settings.summary(genes: result.geneCount, spots: clustered)),
      OriginLine(
        label: "spots", text: "\(clustered.grouped) of \(loaded.section.spots.count.grouped)"),
    ]
    if let name = source.method {
      lines.append(
        OriginLine(
          label: "of",
          text: "what \(name) predicts, as it is; its own panel and i tell its protocol"
        ))
    }
    lines += seedLines(set) + [OriginLine(text: ""), .heading("What the numbers are")]
    if view.agreement != nil {
      lines += [
        OriginLine(
          text: "ARI: adjusted Rand index of clusters and pathologist's labels, spots labelled "
            + "undetermined left out; 1 for the same partition, about 0 for chance. NMI: their "
            + "normalized mutual information, 0 to 1. Both ignore the clusters' names."),
        OriginLine(
          text: "K-means ends in one of many optima of nearly the same inertia: in the title stand "
            + "the mean over seeds and, behind ±, the standard deviation, n − 1."),
      ]
    } else if view.agreementWithOther != nil {
      lines.append(
        OriginLine(
          text:
            "ARI: adjusted Rand index of these clusters and those of the observed expression; 1 "
            + "for the same partition, about 0 for chance."))
    }
    let note =
      "On display are the clusters of seed \(result.settings.seed); the numbers beside the "
    return lines + [OriginLine(text: note + "letters count spots.")]
  }

  private func seedLines(_ set: ClusterSet) -> [OriginLine] {
    guard !set.seeds.isEmpty else {
      return set.view?.agreement == nil
        ? [] : [OriginLine(label: "seeds", text: "others are being computed …", role: .muted)]
    }
    let rows = set.seeds.map { result in
      OriginLine(
        label: "seed \(result.settings.seed)",
        text: String(
          format: "ARI %6.3f  NMI %6.3f  inertia %.4g", result.adjustedRandIndex ?? .nan,
          result.normalizedMutualInformation ?? .nan, result.inertia), isAligned: true)
    }
    let spreads = [
      ("ARI", Spread(set.seeds.map { $0.adjustedRandIndex ?? .nan })),
      ("NMI", Spread(set.seeds.map { $0.normalizedMutualInformation ?? .nan })),
    ].compactMap { name, spread in spread.map { "\(name) \($0.text)" } }
    return rows + [OriginLine(label: "over seeds", text: spreads.joined(separator: ", "))]
  }
}
