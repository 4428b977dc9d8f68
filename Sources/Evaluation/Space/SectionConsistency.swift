/// How much alike the expression of two neighbouring sections of a patient is, spot by spot and gene
/// by gene: what a prediction should keep, as the tissue does.
///
/// Two numbers. With `xₛ` and `yₛ` a gene's values at matched spots `s`,
/// `spotwise = mean over genes of Pearson(x, y)`: whether the pattern lies at the same place. With `x̄`
/// and `ȳ` the means of each gene over all spots of its section, `profile = Pearson over genes of
/// (x̄, ȳ)`: whether the genes stand in the same order.
///
/// Spots are matched one to one: each is the other's nearest, and no farther than `reach`. Both sections
/// must lie in one frame: the same array, or registered. Nothing here moves one onto the other.
///
/// Source: Eosin's own definition. HESpotEx's paper compares its predictions between neighbouring
/// sections without a formula that would fix matching and averaging.
/// Edge cases: constant genes have no correlation and are left out of the mean, as everywhere; fewer
/// than two matched spots leave none.
public struct SectionConsistency: Sendable, Hashable {
  /// A section's expression and where its spots lie.
  public struct Side: Sendable {
    /// Each spot's place, in the frame of both sections.
    public var places: [(x: Double, y: Double)]
    /// `[genes, spots]`.
    public var values: [Float]

    /// Takes as many values for each gene as there are places.
    public init(places: [(x: Double, y: Double)], values: [Float]) {
      precondition(
        places.isEmpty ? values.isEmpty : values.count % places.count == 0,
        "\(values.count) values at \(places.count) places")
      self.places = places
      self.values = values
    }

    /// How many genes there are; 0 without a spot.
    public var geneCount: Int { places.isEmpty ? 0 : values.count / places.count }

    fileprivate func values(of gene: Int) -> ArraySlice<Float> {
      values[gene * places.count..<(gene + 1) * places.count]
    }
  }

  /// Spots that have a partner in the other section.
  public let matchedSpots: Int
  /// Each gene's correlation over matched spots, in the order of the genes.
  public let genes: [PearsonCorrelation]
  /// The mean and quartiles of ``genes``.
  public let spotwise: CorrelationSummary
  /// The correlation over genes of their means.
  public let profile: PearsonCorrelation

  /// Compares two sections of the same genes.
  ///
  /// - Parameter reach: how far apart matched spots may be; half the distance between spots in whole
  ///   columns and rows.
  public init(_ first: Side, _ second: Side, reach: Double = 0.5) {
    let isComparable =
      first.places.isEmpty || second.places.isEmpty || first.geneCount == second.geneCount
    precondition(isComparable, "\(first.geneCount) genes beside \(second.geneCount)")
    let pairs = Self.pairs(first.places, second.places, reach: reach)
    let count = min(first.geneCount, second.geneCount)
    genes = mapInParallel(count, smallest: 64) { genes in
      genes.map { gene in
        let (x, y) = (first.values(of: gene), second.values(of: gene))
        return PearsonCorrelation(
          pairs.map { Double(x[x.startIndex + $0.first]) },
          pairs.map { Double(y[y.startIndex + $0.second]) })
      }
    }
    matchedSpots = pairs.count
    spotwise = CorrelationSummary(of: genes.map(\.r))
    func means(_ side: Side) -> [Double] {
      (0..<count).map { gene in
        side.values(of: gene).reduce(0) { $0 + Double($1) } / Double(side.places.count)
      }
    }
    profile = PearsonCorrelation(means(first), means(second))
  }

  /// Spots that are each other's nearest within a reach, in the order of the first.
  private static func pairs(
    _ first: [(x: Double, y: Double)], _ second: [(x: Double, y: Double)], reach: Double
  ) -> [(first: Int, second: Int)] {
    func nearest(_ place: (x: Double, y: Double), _ others: [(x: Double, y: Double)]) -> Int? {
      var best: (index: Int, square: Double)?
      for (index, other) in others.enumerated() {
        let (x, y) = (other.x - place.x, other.y - place.y)
        let square = x * x + y * y
        if square < best?.square ?? .infinity { best = (index, square) }
      }
      return best.flatMap { $0.square <= reach * reach ? $0.index : nil }
    }
    return first.indices.compactMap { index in
      guard let partner = nearest(first[index], second), nearest(second[partner], first) == index
      else { return nil }
      return (index, partner)
    }
  }
}
