import Foundation

/// How counts become expression: scaled to a library size, then perhaps logged.
///
/// `v = log_b(1 + target · count / total)`, the total taken over all genes or over the panel; a
/// spot whose total is zero stays zero, as does a count of zero. Or, with a pseudocount,
/// `v = log_b(target · (pseudocount + count) / (genes · pseudocount + total))`, where a count of zero
/// is no zero. Computed in double precision and stored as `Float`, as the authors' loaders do.
public struct Normalization: Sendable, Hashable, Codable {
  /// The genes whose counts make up a spot's library size.
  public enum Library: String, Sendable, Codable { case allGenes, panel }
  /// The logarithm taken of `1 + scaled count`, or of the scaled count with its pseudocount, if any.
  public enum Logarithm: String, Sendable, Codable { case none, natural, base10 }

  /// The preset's name, such as `released`.
  public var name: String
  /// The library size every spot is scaled to, or nil to leave counts unscaled.
  public var target: Double?
  /// Which genes make up the library size.
  public var library: Library
  /// The logarithm taken at the end.
  public var logarithm: Logarithm
  /// What is added to every count, and so for each gene to the library, in place of the 1 added to
  /// the scaled count; nil for none, which leaves zeros as they are.
  public var pseudocount: Double?

  /// Makes a normalization of its parts.
  public init(
    name: String, target: Double?, library: Library, logarithm: Logarithm,
    pseudocount: Double? = nil
  ) {
    self.pseudocount = pseudocount
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
  /// What ST-Net's released code predicts: ln of the share of a spot's counts, one added to every
  /// gene, `ln((1 + count) / (genes + total))`.
  public static let stnet = Normalization(
    name: "stnet", target: nil, library: .allGenes, logarithm: .natural, pseudocount: 1)
  /// What the same code predicts without its normalization: ln(1 + count).
  public static let log1p = Normalization(
    name: "log1p", target: nil, library: .allGenes, logarithm: .natural)
  /// What HESpotEx's released code predicts: panel genes to 1,000,000, ln(1 + v); the total is taken
  /// after the genes were chosen.
  public static let hespotex = Normalization(
    name: "hespotex", target: 1_000_000, library: .panel, logarithm: .natural)
  /// The counts as they were read.
  public static let raw = Normalization(
    name: "raw", target: nil, library: .allGenes, logarithm: .none)

  /// The named normalizations, as options and menus list them.
  public static let presets: [Normalization] = [
    released, published, scanpy, stnet, log1p, hespotex, raw,
  ]

  /// Whether a count of zero is zero.
  public var keepsZeros: Bool { pseudocount == nil }

  /// The expression of a count at a spot of the given library size, made up of so many genes; 0 where
  /// that size is 0 and there is no pseudocount.
  public func value(ofCount count: Float, total: Double, genes: Int) -> Float {
    value(ofCount: count, scale: scale(total: total, genes: genes))
  }

  /// What a spot's counts, with their pseudocount, are multiplied by.
  func scale(total: Double, genes: Int) -> Double {
    guard let pseudocount else { return target.map { total > 0 ? $0 / total : 0 } ?? 1 }
    let library = Double(genes) * pseudocount + total
    return library > 0 ? (target ?? 1) / library : 0
  }

  func value(ofCount count: Float, scale: Double) -> Float {
    let scaled = (Double(count) + (pseudocount ?? 0)) * scale
    switch logarithm {
    case .none: return Float(scaled)
    case .natural: return Float(keepsZeros ? Foundation.log1p(scaled) : log(scaled))
    case .base10: return Float(log10(keepsZeros ? 1 + scaled : scaled))
    }
  }

  /// The formula in one short line, for a colour bar or a card.
  ///
  /// - Parameter panelSize: how many genes make up the library when it is the panel's.
  public func formula(panelSize: Int) -> String {
    let genes = library == .panel ? "\(panelSize.grouped) genes" : "all genes"
    let factor = target.map { " · \(Int($0).grouped)" } ?? ""
    if let pseudocount {
      let ones = pseudocount == 1 ? "n" : "\(pseudocount.short) · n"
      let share = "(\(pseudocount.short) + count)\(factor)/(\(ones) + total)"
      return logarithm.formula(of: share) + ", n = \(genes)"
    }
    let scaled = target == nil ? "count" : "count\(factor)/total of \(genes)"
    guard logarithm != .none else { return target == nil ? "counts as read" : scaled }
    return logarithm.formula(of: "1 + \(scaled)")
  }
}

/// Counts seen through a normalization, still stored as counts.
public struct NormalizedExpression: ExpressionMatrix {
  /// The counts underneath.
  public let counts: SparseMatrix
  /// How they are seen.
  public let normalization: Normalization
  /// What each spot's counts are multiplied by: `target / total`, 0 where the total is zero, 1 where
  /// counts are not scaled; `target / (genes · pseudocount + total)` with a pseudocount.
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
    guard normalization.target != nil || normalization.pseudocount != nil else {
      scaleOfSpot = Array(repeating: 1, count: counts.spotCount)
      return
    }
    let genes = normalization.library == .panel ? panel : nil
    let totals = genes == nil ? totalOfSpot : nil
    let count = genes?.count ?? counts.geneCount
    scaleOfSpot = (totals ?? counts.totalsOfSpots(overGenes: genes)).map {
      normalization.scale(total: $0, genes: count)
    }
  }

  /// The number of spots.
  public var spotCount: Int { counts.spotCount }
  /// The number of genes.
  public var geneCount: Int { counts.geneCount }

  /// One gene's normalized expression at every spot.
  public func values(ofGene gene: Int) -> [Float] {
    var dense = valuesOfZero
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

  /// What a count of zero is at each spot.
  private var valuesOfZero: [Float] {
    normalization.keepsZeros
      ? [Float](repeating: 0, count: spotCount)
      : (0..<spotCount).map { value(ofCount: 0, atSpot: $0) }
  }

  func value(ofCount count: Float, atSpot spot: Int) -> Float {
    normalization.value(ofCount: count, scale: scaleOfSpot[spot])
  }

  /// The named genes as one dense block, `[spots, genes]`, row-major.
  public func dense(genes: [Int]) -> [Float] { dense(genes: genes, spots: 0..<spotCount) }

  /// The same of some spots.
  public func dense(genes: [Int], spots wanted: Range<Int>) -> [Float] {
    var block = [Float](repeating: 0, count: wanted.count * genes.count)
    if !normalization.keepsZeros {
      for spot in wanted {
        let zero = value(ofCount: 0, atSpot: spot)
        let row = (spot - wanted.lowerBound) * genes.count
        for column in genes.indices { block[row + column] = zero }
      }
    }
    for (column, gene) in genes.enumerated() {
      counts.withEntries(ofGene: gene) { spots, values in
        var entry = spots.firstPlace { Int($0) >= wanted.lowerBound }
        while entry < spots.count, Int(spots[entry]) < wanted.upperBound {
          let spot = Int(spots[entry])
          block[(spot - wanted.lowerBound) * genes.count + column] = value(
            ofCount: values[entry], atSpot: spot)
          entry += 1
        }
      }
    }
    return block
  }
}

extension Span<UInt32> {
  /// The first place at which a condition holds that stays true once it is; the end where it never
  /// does.
  fileprivate func firstPlace(where holds: (UInt32) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension Normalization.Logarithm {
  /// The logarithm taken of what a text says.
  fileprivate func formula(of text: String) -> String {
    switch self {
    case .none: text
    case .natural: "ln(\(text))"
    case .base10: "log10(\(text))"
    }
  }
}

extension Double {
  /// Without a fraction where there is none.
  fileprivate var short: String {
    self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)"
  }
}
