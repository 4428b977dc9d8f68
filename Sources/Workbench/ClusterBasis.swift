import Evaluation
import Foundation
import Sections

/// What the principal components of a section depend on.
struct ComponentsKey: Hashable {
  let name: String
  let files: [URL]
  let panel: [Int]?
  let normalization: Normalization
  let components: Int
  let mostVariableGenes: Int
  let labelledSpotsOnly: Bool
  let recipe: ClusterRecipe
  /// Nil for the observed expression. Two methods differ in their names, which are looked at first.
  let prediction: Prediction?

  init(section: LoadedSection, prediction: Prediction?, settings: ClusterSettings) {
    self.prediction = prediction
    name = section.section.name
    files = section.section.files
    panel = section.panel
    normalization = settings.normalization
    components = settings.components
    mostVariableGenes = settings.mostVariableGenes
    labelledSpotsOnly = settings.labelledSpotsOnly
    recipe = settings.recipe
  }
}

/// The points that K-means runs on, and which spots they are.
struct ClusterBasis: Sendable {
  let spots: [Int]
  let geneCount: Int
  let components: PrincipalComponents

  init(of section: LoadedSection, _ settings: ClusterSettings) throws(WorkbenchError) {
    let expression = section.expression(settings.normalization)
    let genes =
      section.panel
      ?? Self.mostVariable(
        min(settings.mostVariableGenes, Self.mostGenes(atSpots: section.section.spots.count)),
        section, expression, settings.normalization)
    let spots = try Self.spots(of: section, settings)
    // Of all spots the block is made part by part; of some it is held.
    let isWhole = spots.count == section.section.spots.count
    try self.init(
      genes: genes.count, spots: spots, section, settings,
      rows: isWhole
        ? { expression.dense(genes: genes, spots: $0) }
        : Self.rows(of: expression.dense(genes: genes), genes: genes.count, at: spots))
  }

  /// Genes of a block of spots by genes that takes 128 MB: fewer than usual beyond 16,777 spots.
  private static func mostGenes(atSpots spots: Int) -> Int { max(50, (1 << 25) / max(spots, 1)) }

  /// The same of a prediction, all its genes, at the spots that it says something of.
  init(
    of prediction: Prediction, on section: LoadedSection, _ settings: ClusterSettings
  ) throws(WorkbenchError) {
    let (genes, spots) = (prediction.geneCount, prediction.spotCount)
    guard prediction.denserSpots == nil, spots == section.section.spots.count else {
      throw WorkbenchError(
        "\(prediction.method) predicts \(spots) place\(spots == 1 ? "" : "s"), not the "
          + "\(section.section.spots.count) spots of \(section.section.name).")
    }
    let values = prediction.values
    var block = [Float](repeating: 0, count: genes * spots)
    for gene in 0..<genes {
      for spot in 0..<spots { block[spot * genes + gene] = values[gene * spots + spot] }
    }
    if settings.recipe == .released {
      block = standardizedGenes(block, spots: spots, genes: genes)
    }
    let predicted = try Self.spots(of: section, settings).filter { spot in
      block[spot * genes..<(spot + 1) * genes].allSatisfy(\.isFinite)
    }
    try self.init(
      genes: genes, spots: predicted, section, settings,
      rows: Self.rows(of: block, genes: genes, at: predicted))
  }

  /// Some spots' rows of a block `[all spots, genes]`.
  private static func rows(
    of block: [Float], genes: Int, at spots: [Int]
  ) -> (Range<Int>) -> [Float] {
    { places in spots[places].flatMap { block[$0 * genes..<($0 + 1) * genes] } }
  }

  /// - Parameter rows: the expression at some of the spots, `[some, genes]`, by their places in `spots`.
  private init(
    genes: Int, spots: [Int], _ section: LoadedSection, _ settings: ClusterSettings,
    rows: @escaping (Range<Int>) -> [Float]
  ) throws(WorkbenchError) {
    guard !spots.isEmpty, genes > 0 else {
      throw WorkbenchError("Section \(section.section.name) has nothing to cluster.")
    }
    self.spots = spots
    geneCount = genes
    components = PrincipalComponents(
      spots: spots.count, genes: genes, components: settings.components, rows: rows)
  }

  /// The cluster of each of ``spots``, the largest first, and the sum of squared distances to their
  /// centres.
  func clusters(
    _ settings: ClusterSettings, isCancelled: @Sendable () -> Bool
  ) throws(WorkbenchError) -> (labels: [Int], inertia: Double) {
    do {
      switch settings.recipe {
      case .eosin:
        let found = try KMeans(
          of: components.scores, spots: spots.count, dimensions: components.count,
          clusters: settings.clusterCount, restarts: settings.restarts, seed: settings.seed,
          isCancelled: isCancelled)
        return (found.labels, found.inertia)
      case .released:
        let found = try ReleasedKMeans(
          of: components.scores, spots: spots.count, dimensions: components.count,
          clusters: settings.clusterCount, restarts: settings.restarts,
          seed: UInt32(truncatingIfNeeded: settings.seed), isCancelled: isCancelled)
        return (found.labels.numberedBySize(settings.clusterCount), Double(found.inertia))
      }
    } catch { throw .cancelled }
  }

  private static func spots(
    of section: LoadedSection, _ settings: ClusterSettings
  ) throws(WorkbenchError) -> [Int] {
    guard settings.labelledSpotsOnly else { return Array(section.section.spots.indices) }
    guard let truth = section.section.labels?.settledCategories else {
      throw WorkbenchError(
        "Section \(section.section.name) has no pathologist's labels, so there are no labelled "
          + "spots to cluster. Leave out --labelled-only.")
    }
    return truth.indices.filter { truth[$0] != nil }
  }

  /// The genes with the largest variance, in the section's order.
  private static func mostVariable(
    _ count: Int, _ section: LoadedSection, _ expression: NormalizedExpression,
    _ normalization: Normalization
  ) -> [Int] {
    let variance =
      (normalization == section.normalization ? section.statistics : expression.statistics())
      .variance
    return Array(
      variance.indices.sorted { (variance[$0], $1) > (variance[$1], $0) }.prefix(count)
    ).sorted()
  }
}

extension [Int] {
  /// The same clusters, numbered from the largest to the smallest.
  fileprivate func numberedBySize(_ count: Int) -> [Int] {
    var sizes = [Int](repeating: 0, count: count)
    for label in self { sizes[label] += 1 }
    let order = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    var number = sizes
    for (place, label) in order.enumerated() { number[label] = place }
    return map { number[$0] }
  }
}
