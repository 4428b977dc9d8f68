import Drawing
import Evaluation
import Foundation
import Sections
import Workbench

/// What titles of panels say.
extension ViewerState {
  func title(of kind: PanelKind) -> (name: String, facts: [String]) {
    let label = spot.flatMap { loaded?.section.labels?.label(ofSpot: $0) }
    switch kind {
    case .image:
      let image = loaded?.section.image
      let facts = [
        image.map { "\($0.width) × \($0.height) px" },
        image?.pixelSizeMicrons.map { "\(shortNumber(Float($0))) µm/px" },
        image?.objectivePower.map { String(format: "%g× objective", $0) },
        dimming > 0 ? "dimmed" : nil,
      ]
      return ("H&E", facts.compactMap(\.self))
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
    case .drivers: return driversTitle()
    case .clusters, .methodClusters: return clusterTitle(kind)
    case .tumour: return tumourTitle
    case .labels: return ("Pathologist", label.map { [$0] } ?? [])
    }
  }

  /// A panel's name in fewer words: of a method itself, and of a run its epoch too.
  func shortNames(of kind: PanelKind) -> [String] {
    if kind == .drivers { return shortDriversNames }
    guard let name = kind.method else { return [] }
    guard case .method = kind, let view = method(named: name), view.ready != nil,
      let epoch = view.epochs[.spots]?.number
    else { return [name] }
    return ["\(name) · epoch \(epoch)", "\(name) ep \(epoch)"]
  }

  func shorterFacts(of kind: PanelKind) -> [String: String] {
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
