import Foundation

/// How counts become expression: scaled to a library size, then perhaps logged.
///
/// `v = log_b(1 + target · count / total)`, the total taken over all genes or over the panel; a
/// spot whose total is zero stays zero. Computed in double precision and stored as `Float`, as the
/// authors' loaders do. A count of zero gives zero under every normalization.
public struct Normalization: Sendable, Hashable, Codable {
  /// The genes whose counts make up a spot's library size.
  public enum Library: String, Sendable, Codable { case allGenes, panel }
  /// The logarithm taken of `1 + scaled count`, if any.
  public enum Logarithm: String, Sendable, Codable { case none, natural, base10 }

  /// The preset's name, such as `released`.
  public var name: String
  /// The library size every spot is scaled to, or nil to leave counts unscaled.
  public var target: Double?
  /// Which genes make up the library size.
  public var library: Library
  /// The logarithm taken at the end.
  public var logarithm: Logarithm

  /// Makes a normalization of its parts.
  public init(name: String, target: Double?, library: Library, logarithm: Logarithm) {
    self.name = name
    self.target = target
    self.library = library
    self.logarithm = logarithm
  }

  /// What the code released with THItoGene does: panel genes to 10,000, log₁₀(1 + v).
  public static let released = Normalization(
    name: "released", target: 10_000, library: .panel, logarithm: .base10)
  /// What the THItoGene paper describes: all genes to 1,000,000, ln(1 + v).
  public static let published = Normalization(
    name: "published", target: 1_000_000, library: .allGenes, logarithm: .natural)
  /// Scanpy's usual recipe: all genes to 10,000, ln(1 + v).
  public static let scanpy = Normalization(
    name: "scanpy", target: 10_000, library: .allGenes, logarithm: .natural)
  /// The counts as they were read.
  public static let raw = Normalization(
    name: "raw", target: nil, library: .allGenes, logarithm: .none)

  /// The named normalizations, as options and menus list them.
  public static let presets: [Normalization] = [released, published, scanpy, raw]

  /// The expression of a count at a spot of the given library size; 0 where that is 0.
  public func value(ofCount count: Float, total: Double) -> Float {
    value(ofCount: count, scale: target.map { total > 0 ? $0 / total : 0 } ?? 1)
  }

  func value(ofCount count: Float, scale: Double) -> Float {
    let scaled = Double(count) * scale
    switch logarithm {
    case .none: return Float(scaled)
    case .natural: return Float(log1p(scaled))
    case .base10: return Float(log10(1 + scaled))
    }
  }

  /// The formula in one short line, for a colour bar or a card.
  ///
  /// - Parameter panelSize: how many genes make up the library when it is the panel's.
  public func formula(panelSize: Int) -> String {
    guard let target else { return "counts as read" }
    let genes = library == .panel ? "\(panelSize.grouped) genes" : "all genes"
    let scaled = "count · \(Int(target).grouped)/total of \(genes)"
    switch logarithm {
    case .none: return scaled
    case .natural: return "ln(1 + \(scaled))"
    case .base10: return "log10(1 + \(scaled))"
    }
  }
}

/// Counts seen through a normalization, still stored as counts.
public struct NormalizedExpression: ExpressionMatrix {
  /// The counts underneath.
  public let counts: SparseMatrix
  /// How they are seen.
  public let normalization: Normalization
  /// `target / total` of each spot; 0 where the total is zero, 1 where counts are not scaled.
  public let scaleOfSpot: [Double]

  /// - Parameter panel: indices of the genes that make up the library size when the normalization
  ///   asks for the panel; nil stands for all genes.
  /// - Parameter totalOfSpot: all counts of each spot, where they are known.
  public init(
    counts: SparseMatrix, normalization: Normalization, panel: [Int]? = nil,
    totalOfSpot: [Double]? = nil
  ) {
    self.counts = counts
    self.normalization = normalization
    guard let target = normalization.target else {
      scaleOfSpot = Array(repeating: 1, count: counts.spotCount)
      return
    }
    let genes = normalization.library == .panel ? panel : nil
    let totals = genes == nil ? totalOfSpot : nil
    scaleOfSpot = (totals ?? counts.totalsOfSpots(overGenes: genes)).map {
      $0 > 0 ? target / $0 : 0
    }
  }

  /// The number of spots.
  public var spotCount: Int { counts.spotCount }
  /// The number of genes.
  public var geneCount: Int { counts.geneCount }

  /// One gene's normalized expression at every spot.
  public func values(ofGene gene: Int) -> [Float] {
    var dense = [Float](repeating: 0, count: spotCount)
    forEachValue(ofGene: gene) { spot, value in dense[spot] = value }
    return dense
  }

  /// Calls `body` with the spot and value of each of the gene's non-zero counts.
  public func forEachValue(ofGene gene: Int, _ body: (Int, Float) -> Void) {
    counts.withEntries(ofGene: gene) { spots, values in
      for entry in spots.indices {
        let spot = Int(spots[entry])
        body(spot, value(ofCount: values[entry], atSpot: spot))
      }
    }
  }

  func value(ofCount count: Float, atSpot spot: Int) -> Float {
    normalization.value(ofCount: count, scale: scaleOfSpot[spot])
  }

  /// The named genes as one dense block, `[spots, genes]`, row-major.
  public func dense(genes: [Int]) -> [Float] {
    var block = [Float](repeating: 0, count: spotCount * genes.count)
    for (column, gene) in genes.enumerated() {
      forEachValue(ofGene: gene) { spot, value in block[spot * genes.count + column] = value }
    }
    return block
  }
}
