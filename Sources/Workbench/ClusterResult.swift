import Evaluation
import Sections

/// How clusters are made; enough to make the same ones again.
public struct ClusterSettings: Sendable, Hashable, Codable {
  /// How many clusters to make, at most one a spot.
  public var clusterCount: Int
  /// How counts become the expression that principal components are taken of.
  public var normalization: Normalization
  /// Principal components kept, at most; fewer where the section has fewer spots or genes.
  public var components = 50
  /// Genes used when no panel is given: this many with the largest variance; fewer in sections of more
  /// than 16,777 spots, so that they take no more than 128 MB.
  public var mostVariableGenes = 2000
  /// How many times K-means begins anew; the start with the least inertia is kept.
  public var restarts = 20
  /// What the random starts follow from.
  public var seed: UInt64 = 0
  /// How centres are drawn, and whether predictions are scaled first.
  public var recipe = ClusterRecipe.eosin
  /// Leaves out spots without a label and those labelled `undetermined`, as the THItoGene paper.
  public var labelledSpotsOnly = false
  /// Whose prediction the principal components are of; nil for the observed expression.
  public var method: String?

  /// Takes the number of clusters and leaves the rest at its usual values.
  public init(
    clusterCount: Int, normalization: Normalization = .released, method: String? = nil
  ) {
    self.clusterCount = clusterCount
    self.normalization = normalization
    self.method = method
  }

  /// The settings in one line for titles, tables and cards.
  public func summary(genes: Int, spots: Int) -> String {
    // There are no more components than genes or spots.
    let kept = min(components, genes, spots)
    let source = method.map { "as \($0) predicts them" } ?? "(\(normalization.name))"
    let name = recipe == .eosin ? "k-means" : "k-means as released"
    return "\(name), k = \(clusterCount), on \(kept) principal components of \(genes) genes "
      + "\(source), best of \(restarts) restarts, seed \(seed)"
      + (labelledSpotsOnly ? ", labelled spots only" : "")
  }
}

/// The clusters of a section's spots and how they agree with the pathologist's labels.
public struct ClusterResult: Sendable, Hashable {
  /// What makes the same clusters again.
  public let settings: ClusterSettings
  /// The cluster of each spot, largest cluster first; nil for spots left out.
  public let clusterOfSpot: [Int?]
  /// Sum of squared distances to the centres, in units of the expression squared.
  public let inertia: Double
  /// Genes the principal components were taken of.
  public let geneCount: Int
  /// Agreement with the labels over spots that have one other than `undetermined`; nil without.
  public let adjustedRandIndex: Double?
  /// Over the same spots, 0...1; nil without labels.
  public let normalizedMutualInformation: Double?

  /// How many clusters there are.
  public var clusterCount: Int { settings.clusterCount }

  /// Takes a clustering and its scores as they are.
  public init(
    settings: ClusterSettings, clusterOfSpot: [Int?], inertia: Double, geneCount: Int,
    adjustedRandIndex: Double?, normalizedMutualInformation: Double?
  ) {
    self.settings = settings
    self.clusterOfSpot = clusterOfSpot
    self.inertia = inertia
    self.geneCount = geneCount
    self.adjustedRandIndex = adjustedRandIndex
    self.normalizedMutualInformation = normalizedMutualInformation
  }
}

extension ClusterResult {
  /// The same clusters, each under the number of the cluster in `other` that it matches best, so
  /// that numbers and letters agree from panel to panel; those without a match take what is free.
  public func numbered(like other: ClusterResult) -> ClusterResult {
    let matches = categoriesMatching(
      clusters: clusterOfSpot, clusterCount: clusterCount, categories: other.clusterOfSpot,
      categoryCount: other.clusterCount)
    let taken = Set(matches.compactMap(\.self))
    var free = (0..<clusterCount).filter { !taken.contains($0) }.makeIterator()
    // Where the other has more clusters a match may lie beyond this one's numbers.
    guard taken.allSatisfy({ $0 < clusterCount }) else { return self }
    // Each match is used once, so as many numbers are free as clusters go without.
    let numbers = matches.map { $0 ?? free.next() ?? 0 }
    return ClusterResult(
      settings: settings, clusterOfSpot: clusterOfSpot.map { $0.map { numbers[$0] } },
      inertia: inertia, geneCount: geneCount, adjustedRandIndex: adjustedRandIndex,
      normalizedMutualInformation: normalizedMutualInformation)
  }
}

/// The files clusters can be written to.
public enum ClusterExportFormat: String, Sendable, Hashable, CaseIterable, Codable {
  /// One row a spot: positions, cluster, name and label.
  case table
  /// Two columns, as Loupe Browser imports categories.
  case loupe
}
