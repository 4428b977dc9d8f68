import TensorCore

/// The counts of a section, ready to be cut into random halves.
struct Thinning: Sendable {
  private struct Gene {
    var place: Int
    var isInLibrary: Bool
    var isWanted: Bool
  }

  private let starts: [Int]
  private let spots: [UInt32]
  private let counts: [Float]
  private let spotCount: Int
  /// Wanted genes as places in `starts`.
  private let wanted: [Int]
  /// Genes that are cut: wanted, in the library or both, in the order of `starts`.
  private let genes: [Gene]

  init(
    starts: [Int], spots: [UInt32], counts: [Float], spotCount: Int, genes: [Int], library: [Int]
  ) {
    self.starts = starts
    self.spots = spots
    self.counts = counts
    self.spotCount = spotCount
    wanted = genes
    let inLibrary = Set(library)
    let wanted = Set(genes)
    self.genes = inLibrary.union(wanted).sorted().map {
      Gene(place: $0, isInLibrary: inLibrary.contains($0), isWanted: wanted.contains($0))
    }
  }

  /// Cuts all counts once and correlates the halves of each wanted gene; 0 where one is constant.
  func correlationsOfHalves(
    using generator: inout SeededGenerator, keepsZeros: Bool, normalize: (Float, Double) -> Float
  ) -> [Float] {
    var totals = [SIMD2<Double>](repeating: .zero, count: spotCount)
    var halves: [Int: [SIMD2<Float>]] = [:]
    for gene in genes {
      var pairs: [SIMD2<Float>] = []
      for entry in starts[gene.place]..<starts[gene.place + 1] {
        let count = counts[entry].isFinite ? Int(max(counts[entry], 0)) : 0
        let first = generator.nextHalf(of: count)
        let pair = SIMD2(Float(first), Float(count - first))
        if gene.isInLibrary { totals[Int(spots[entry])] += SIMD2<Double>(pair) }
        if gene.isWanted { pairs.append(pair) }
      }
      if gene.isWanted { halves[gene.place] = pairs }
    }
    return wanted.map { gene in
      let places = spots[starts[gene]..<starts[gene + 1]]
      let expression = zip(places, halves[gene] ?? []).map { spot, pair in
        let total = totals[Int(spot)]
        func expression(_ side: Int) -> Double {
          keepsZeros && pair[side] == 0 ? 0 : Double(normalize(pair[side], total[side]))
        }
        return SIMD2(expression(0), expression(1))
      }
      return Float(correlation(ofPairs: expression, spotCount: spotCount))
    }
  }
}

extension SeededGenerator {
  /// How many of the items fall to the first of two sides by a fair coin each: binomial(n, ½), the
  /// ones among n random bits.
  mutating func nextHalf(of items: Int) -> Int {
    var ones = 0
    var rest = items
    while rest >= 64 {
      ones += next().nonzeroBitCount
      rest -= 64
    }
    if rest > 0 { ones += (next() >> UInt64(64 - rest)).nonzeroBitCount }
    return ones
  }
}

/// Pearson's correlation of pairs and as many pairs of zeros as there are further spots; 0 where a
/// side is constant.
private func correlation(ofPairs pairs: [SIMD2<Double>], spotCount: Int) -> Double {
  let mean = pairs.reduce(.zero, +) / Double(max(spotCount, 1))
  let zeros = Double(spotCount - pairs.count)
  var squares = zeros * mean * mean
  var products = zeros * mean[0] * mean[1]
  for pair in pairs {
    let deviation = pair - mean
    squares += deviation * deviation
    products += deviation[0] * deviation[1]
  }
  guard isVaried(0), isVaried(1) else { return 0 }
  return min(max(products / (squares[0].squareRoot() * squares[1].squareRoot()), -1), 1)

  func isVaried(_ side: Int) -> Bool {
    let first = zeros > 0 || pairs.isEmpty ? 0 : pairs[0][side]
    return pairs.contains { $0[side] != first }
  }
}
