import Evaluation
import Foundation
import Models
import Sections

/// What correlations could at best be, by section, normalization and genes; safe to delete.
struct AttainableCache: Sendable {
  let folder: URL

  subscript(key: String) -> AttainableCorrelation? {
    (try? Data(contentsOf: url(of: key))).flatMap {
      try? JSONDecoder().decode(AttainableCorrelation.self, from: $0)
    }
  }

  /// Keeps values. A cache that cannot be written to is none, and nothing else.
  func keep(_ values: AttainableCorrelation, as key: String) {
    guard let data = try? JSONEncoder().encode(values) else { return }
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? data.write(to: url(of: key), options: .atomic)
  }

  private func url(of key: String) -> URL { folder.appending(path: "\(key).json") }
}

extension Workbench {
  /// What Pearson's correlation could at best be for each of some genes of a section; from the cache
  /// where the same was asked before.
  ///
  /// - Parameters:
  ///   - genes: indices into the section's genes.
  ///   - library: the genes that add up to a spot's total; nil for all.
  public func attainable(
    on section: LoadedSection, genes: [Int], _ normalization: Normalization, library: [Int]?,
    _ settings: AttainableCorrelation.Settings = .init(),
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> AttainableCorrelation {
    let library = normalization.library == .panel ? library : nil
    var print = Fingerprint()
    print.add("attainable 1, \(settings.repeats), \(settings.seed)")
    print.add(
      "\(normalization.target ?? 0) \(normalization.library.rawValue) "
        + normalization.logarithm.rawValue
        + (normalization.pseudocount.map { " \($0)" } ?? ""))
    print.add("\(genes)")
    print.add("\(library ?? [])")
    let key = "\(section.fingerprint)-\(print.digits)"
    if let kept = attainables[key] { return kept }
    let geneCount = section.section.genes.count
    var counts = section.section.counts.block(ofGenes: 0..<geneCount)
    if !normalization.keepsZeros { counts = counts.filled(where: Set(genes).contains) }
    let libraryGenes = library?.count ?? geneCount
    let values: AttainableCorrelation
    do {
      values = try AttainableCorrelation(
        ofGenesFrom: counts.starts, spots: counts.spots, counts: counts.values,
        spotCount: counts.spotCount, genes: genes, library: library, settings: settings,
        keepsZeros: normalization.keepsZeros,
        normalize: { normalization.value(ofCount: $0, total: $1, genes: libraryGenes) },
        isCancelled: isCancelled)
    } catch { throw .cancelled }
    attainables.keep(values, as: key)
    return values
  }

  /// The same for the genes that a prediction shares with the section, under its normalization.
  ///
  /// - Returns: a value for each gene of the section; NaN for those not predicted, and for genes
  ///   whose halves do not correlate.
  public func attainable(
    for prediction: Prediction, on section: LoadedSection, otherwise fallback: Normalization,
    _ settings: AttainableCorrelation.Settings = .init(),
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbenchError) -> (attainable: [Float], spread: [Float]) {
    let found = Panel(name: prediction.method, genes: prediction.genes)
      .indices(in: section.section).found
    // Without a normalization of its own a prediction is compared under the section's panel.
    let library = prediction.normalization == nil ? section.panel : found
    let values = try attainable(
      on: section, genes: found, prediction.normalization ?? fallback, library: library, settings,
      isCancelled: isCancelled)
    var attainable = [Float](repeating: .nan, count: section.section.genes.count)
    var spread = attainable
    for (place, gene) in found.enumerated() {
      attainable[gene] = values.attainable[place]
      spread[gene] = values.spread[place]
    }
    return (attainable, spread)
  }
}

/// How much of what could be had is reached.
public struct AttainableShare: Sendable, Hashable, Codable {
  /// The mean attainable correlation over the genes with a score, unmeasurable ones counted as 0.
  public let attainable: Double
  /// The mean correlation over the same genes.
  public let reached: Double
  /// Genes among them whose halves do not correlate, so that nothing can be said of them here.
  public let unmeasurable: Int

  /// The mean correlation as a share of the attainable one.
  public var share: Double { reached / attainable }

  /// Nil where no gene has a score, or none can be measured.
  ///
  /// - Parameters:
  ///   - scores: Pearson's correlation by gene, NaN where there is none.
  ///   - attainable: in the same order, NaN for unmeasurable genes.
  public init?(_ scores: [Double], attainable: [Double]) {
    precondition(scores.count == attainable.count)
    let scored = scores.indices.filter { scores[$0].isFinite }
    let sum = scored.reduce(0) { $0 + (attainable[$1].isFinite ? attainable[$1] : 0) }
    guard sum > 0 else { return nil }
    self.attainable = sum / Double(scored.count)
    reached = scored.reduce(0) { $0 + scores[$1] } / Double(scored.count)
    unmeasurable = scored.count { !attainable[$0].isFinite }
  }

  /// The mean over sections; nil for none.
  init?(meanOf sections: [AttainableShare]) {
    guard !sections.isEmpty else { return nil }
    let count = Double(sections.count)
    attainable = sections.reduce(0) { $0 + $1.attainable } / count
    reached = sections.reduce(0) { $0 + $1.reached } / count
    unmeasurable = sections.reduce(0) { $0 + $1.unmeasurable }
  }

  /// The same in a line, for tables that have more to say.
  public static let hint =
    "attainable: what a correlation could at best be, counts being a sample; eosin evaluate explains"

  /// What the number is and what it cannot tell, for wherever it is shown.
  public static let explanation =
    "Attainable: what Pearson's correlation could at best be. Counts are a sample of what is there, "
    + "so even a prediction of the true expression cannot correlate fully with them. Each molecule "
    + "is given to one of two halves by chance, the halves are normalized and correlated over the "
    + "spots, and the mean of several halvings is corrected to full depth (Spearman-Brown); its root "
    + "is shown. It speaks of counting noise alone: patterns that no image can show still count as "
    + "attainable, a logarithm makes it a little too low, and single genes can pass it by chance. "
    + "Genes whose halves do not correlate are unmeasurable here and count as 0 in means."
}
