import Foundation
import Sections

/// Clusters of a section, named, ready to be written.
public struct ClusterExport: Sendable {
  private let table: ClusterTable
  private let sectionName: String

  /// - Parameters:
  ///   - clusterOfSpot: for each spot its cluster's index, or nil.
  ///   - letters: each cluster's letter on the screen; its name where nobody gave another.
  ///   - names: the names given to clusters.
  public init(
    section: LoadedSection, clusterOfSpot: [Int?], letters: [String], names: [String]
  ) {
    sectionName = section.section.name
    let named = zip(letters, names).map { letter, name in name.isEmpty ? letter : name }
    // Counted from 1, as people do: cluster 1 is A.
    table = ClusterTable(
      of: section.section, clusters: clusterOfSpot.map { $0.map { $0 + 1 } },
      names: Dictionary(uniqueKeysWithValues: named.enumerated().map { ($0 + 1, $1) }))
  }

  /// Clusters as K-means made them, named by their letters.
  public init(_ result: ClusterResult, _ section: LoadedSection) {
    let letters = (0..<result.clusterCount).map(clusterLetter)
    self.init(
      section: section, clusterOfSpot: result.clusterOfSpot, letters: letters, names: letters)
  }

  /// Writes the file whole or not at all.
  ///
  /// - Throws: when the file is there and is not to be replaced, or cannot be written.
  public func write(
    as format: ClusterExportFormat, to file: URL, replacing: Bool
  ) throws(SectionError) {
    let text =
      switch format {
      case .table: table.csv
      case .loupe: table.loupeCSV(category: "Eosin clusters \(sectionName)")
      }
    try writeWhole(Array(text.utf8), to: file, replacing: replacing)
  }
}

/// The letter of a cluster on every screen: `A` for 0 to `Z`, then `a` to `z`, `A2` and so on.
public func clusterLetter(_ index: Int) -> String {
  let round = index / clusterLetters.count
  return clusterLetters[index % clusterLetters.count] + (round == 0 ? "" : "\(round + 1)")
}

private let clusterLetters =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".map(String.init)

/// What `eosin cluster` says of its result.
public struct ClusterSummary: Sendable, Codable {
  /// One cluster.
  public struct Cluster: Sendable, Codable {
    /// The cluster's letter on every screen.
    public let letter: String
    /// How many spots it holds.
    public let spots: Int
  }

  /// The section's name.
  public let section: String
  /// The settings in one line, as for titles.
  public let protocolSummary: String
  /// What makes the same clusters again.
  public let settings: ClusterSettings
  /// Genes the principal components were taken of.
  public let genes: Int
  /// Spots that have a cluster.
  public let clusteredSpots: Int
  /// The clusters, largest first.
  public let clusters: [Cluster]
  /// Sum of squared distances to the centres, in units of the expression squared.
  public let inertia: Double
  /// Against the pathologist's labels; nil where the section has none.
  public let adjustedRandIndex: Double?
  /// The same agreement as normalized mutual information, 0...1.
  public let normalizedMutualInformation: Double?
  /// Spots that both scores were taken over; nil where the section has no labels.
  public let comparedSpots: Int?
  /// The file written, as the user named it; nil for none.
  public let output: String?

  /// Sums up a result; `output` is the file it was written to, if any.
  public init(_ result: ClusterResult, _ section: LoadedSection, output: String?) {
    self.section = section.section.name
    settings = result.settings
    genes = result.geneCount
    clusteredSpots = result.clusterOfSpot.count { $0 != nil }
    protocolSummary = result.settings.summary(genes: result.geneCount, spots: clusteredSpots)
    clusters = (0..<result.clusterCount).map { cluster in
      Cluster(
        letter: clusterLetter(cluster), spots: result.clusterOfSpot.count { $0 == cluster })
    }
    inertia = result.inertia
    adjustedRandIndex = result.adjustedRandIndex
    normalizedMutualInformation = result.normalizedMutualInformation
    comparedSpots = section.section.labels.map { labels in
      zip(result.clusterOfSpot, labels.settledCategories).count { $0 != nil && $1 != nil }
    }
    self.output = output
  }

  /// The same as lines of text.
  public var text: String {
    let sizes = clusters.map { "\($0.letter) \($0.spots)" }.joined(separator: "  ")
    var lines = [
      "\(section): \(protocolSummary)", "  spots    \(sizes)",
      "  inertia  \(String(format: "%.1f", inertia))",
    ]
    if let ari = adjustedRandIndex, let nmi = normalizedMutualInformation {
      lines.append(
        String(format: "  labels   ARI %.3f, NMI %.3f", ari, nmi)
          + " over \((comparedSpots ?? 0).grouped) spots with a label other than undetermined")
    } else {
      lines.append("  labels   none to compare with")
    }
    if let output { lines.append("  wrote    \(output)") }
    return lines.joined(separator: "\n")
  }
}
