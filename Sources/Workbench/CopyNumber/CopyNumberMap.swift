import Drawing
import Foundation
import Sections

/// What a map of copy numbers is asked for by: files and names, so that two of them are told apart
/// without reading any.
public struct CopyNumberQuery: Sendable, Hashable {
  /// Where genes lie: a GTF file, or a table.
  public var positions: URL
  /// Which spots stand together.
  public var groups: Annotation
  /// The groups taken for normal.
  public var references: [String]
  /// Genes a window; nil for ``GenePositions/fittingWindow(for:)``.
  public var window: Int?
  /// The method whose prediction is shown; nil for what was observed.
  public var method: String?

  /// Takes all of them.
  public init(
    positions: URL, groups: Annotation, references: [String], window: Int? = nil,
    method: String? = nil
  ) {
    (self.positions, self.groups, self.references) = (positions, groups, references)
    (self.window, self.method) = (window, method)
  }
}

/// A map of copy numbers, ready to be drawn.
public struct CopyNumberMap: Sendable {
  /// What was asked for.
  public let query: CopyNumberQuery
  /// Spots in their groups along the chromosomes.
  public let heatmap: GenomeHeatmap
  /// How the values came about, in a line.
  public let summary: String
  /// Genes a window.
  public let window: Int
  /// What was left out, a sentence each.
  public let notes: [String]
}

extension Workbench {
  /// Makes a map of copy numbers, of the observed expression or of a prediction.
  ///
  /// - Throws: what is wrong with the file of positions, and as
  ///   ``copyNumber(of:predictedBy:_:)``.
  public func copyNumberMap(
    of section: LoadedSection, predictedBy prediction: Prediction? = nil, _ query: CopyNumberQuery
  ) throws(WorkbenchError) -> CopyNumberMap {
    let positions = try genePositions(query.positions)
    var request = CopyNumberRequest(
      positions: positions, groups: query.groups, references: query.references)
    let genes = prediction?.genes ?? section.section.genes
    request.settings.window = query.window ?? positions.fittingWindow(for: genes)
    let result = try copyNumber(of: section, predictedBy: prediction, request)
    return CopyNumberMap(
      query: query, heatmap: result.heatmap, summary: result.summary,
      window: request.settings.window, notes: positions.notes + result.notes)
  }

  /// A file of positions, kept while it stays as it is: those of a whole genome take a while to read.
  private func genePositions(_ url: URL) throws(WorkbenchError) -> GenePositions {
    let state = FileState(url)
    if let kept = positions.withLock({ $0 }), kept.url == url, kept.state == state {
      return kept.positions
    }
    do {
      let read = try GenePositions(reading: url)
      positions.withLock { $0 = (url, state, read) }
      return read
    } catch { throw WorkbenchError(error.description) }
  }
}

extension GenePositions {
  /// The window that suits some genes: 101, or about half a chromosome's genes where those are fewer,
  /// since a window as long as a chromosome shows no more than its mean. Odd, from 5 on.
  public func fittingWindow(for genes: [String]) -> Int {
    let wanted = Set(genes)
    var counts: [String: Int] = [:]
    for position in positions where wanted.contains(position.gene) {
      counts[position.chromosome, default: 0] += 1
    }
    let sorted = counts.values.sorted()
    guard !sorted.isEmpty else { return 101 }
    return min(101, max(5, sorted[sorted.count / 2] / 2 | 1))
  }
}

extension DataSet {
  /// The file that tells where genes lie, beside the sections: `gene-positions` with the ending of a
  /// table or of a GTF file, plain or gzipped; nil where there is none.
  public var genePositions: URL? {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
    let place = isThere && isFolder.boolValue ? folder : folder.deletingLastPathComponent()
    let endings = ["tsv", "txt", "gtf", "tsv.gz", "txt.gz", "gtf.gz"]
    return endings.lazy.map { place.appending(path: "gene-positions.\($0)") }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }
}
