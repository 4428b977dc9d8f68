import Images
import Sections
import TensorCore

/// A section as training sees it: patches or features, places, neighbours and what was measured.
public struct TrainingSection: Sendable {
  /// The section's name.
  public let name: String
  /// Where each of its spots stands in the section as read; spots that are not on the image are
  /// left out.
  public let spots: [Int]
  /// What the model sees of the spots.
  let sight: SectionSight
  /// What else the model knows of the spots, of a type of its own.
  var surroundings: (any Sendable)?
  /// The spots' places along both axes of the array.
  let x, y: [Int]
  /// `[spots, spots]`, 1 where the column's spot is a neighbour of the row's.
  let adjacency: Tensor
  /// `[spots, genes]`, normalized; ``center(_:)`` moves it.
  public private(set) var expression: Tensor
  /// `[spots, genes]`, as counted.
  let counts: Tensor
  /// Each spot's total over the genes, in units of the section's median spot, `[spots]`.
  let sizeFactors: Tensor
  /// What each gene's squared error counts, `[genes]`; nil where all count alike.
  private var geneWeights: Tensor?

  /// Reads the patches that a model wants, or has its encoder make features of them.
  ///
  /// - Parameters:
  ///   - model: a network of the sizes that will be trained; no weights are asked of it but those of
  ///     a frozen encoder.
  ///   - input: the spots that lie on the image.
  ///   - spots: where they stand in the section as read.
  ///   - expression: `[spots, genes]` of those spots, row by row.
  ///   - counts: the same before normalization.
  /// - Throws: for a spot beyond the array the model knows, and an image that cannot be read.
  public init(
    _ input: SectionInput, spots: [Int], expression: [Float], counts: [Float],
    for model: some TrainableModel, _ work: PredictionWork = PredictionWork()
  ) throws(ModelError) {
    name = input.sectionName
    self.spots = spots
    (x, y) = try input.places(below: model.positions)
    adjacency = input.adjacency(pruning: model.pruning)
    surroundings = try model.surroundings(of: input, work.part(from: 0, to: 0.1))
    sight = try model.sight(of: input, work.part(from: 0.1, to: 1))
    let genes = model.configuration.genes
    self.expression = Tensor(shape: [spots.count, genes], expression)
    self.counts = Tensor(shape: [spots.count, genes], counts)
    let totals = (0..<spots.count).map { spot in
      counts[spot * genes..<(spot + 1) * genes].reduce(0) { $0 + Double($1) }
    }
    let sorted = totals.sorted()
    let middle = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    sizeFactors = Tensor(
      shape: [spots.count], totals.map { Float(middle > 0 ? $0 / middle : 1) })
  }

  /// How many spots are learned from.
  public var spotCount: Int { spots.count }

  /// Some spots of several sections as one, which no adjacency joins.
  init(joining picks: [(section: TrainingSection, spot: Int)]) {
    precondition(!picks.isEmpty, "a step sees a spot at least")
    name = Set(picks.map(\.section.name)).sorted().joined(separator: ", ")
    spots = Array(picks.indices)
    sight = SectionSight(picking: picks.map { ($0.section.sight, $0.spot) })
    x = picks.map { $0.section.x[$0.spot] }
    y = picks.map { $0.section.y[$0.spot] }
    adjacency = .zeros([picks.count, picks.count])
    func rows(_ values: (TrainingSection) -> Tensor) -> Tensor {
      concatenate(
        picks.map { values($0.section).slice($0.spot..<$0.spot + 1, along: 0) }, along: 0)
    }
    expression = rows(\.expression)
    counts = rows(\.counts)
    sizeFactors = rows(\.sizeFactors)
    geneWeights = picks[0].section.geneWeights
  }

  /// The mean over spots and genes of the squared error, each gene's times its weight.
  func squaredError(_ predicted: Tensor) -> Tensor {
    guard let geneWeights else { return meanSquaredError(predicted, expression) }
    return mean(square(predicted - expression) * geneWeights)
  }

  /// Moves every gene of every section to the gene's mean over all spots, and has errors measured
  /// in the gene's deviation within sections; a gene that is constant counts as the others' mean.
  static func center(_ sections: inout [TrainingSection]) {
    guard let genes = sections.first?.expression.shape[1] else { return }
    let spots = sections.reduce(0) { $0 + $1.spotCount }
    let means = Self.means(sections)
    var squares = [Double](repeating: 0, count: genes)
    for index in sections.indices {
      var values = sections[index].expression.array
      let count = sections[index].spotCount
      for gene in 0..<genes {
        var sum = 0.0
        for spot in 0..<count { sum += Double(values[spot * genes + gene]) }
        let own = sum / Double(count)
        for spot in 0..<count {
          let difference = Double(values[spot * genes + gene]) - own
          squares[gene] += difference * difference
          values[spot * genes + gene] = Float(difference + means[gene])
        }
      }
      sections[index].expression = Tensor(shape: [count, genes], values)
    }
    let variances = squares.map { $0 / Double(spots) }
    let typical = variances.reduce(0, +) / Double(genes)
    let weights = Tensor(
      shape: [genes], variances.map { Float(1 / ($0 > 1e-12 ? $0 : max(typical, 1e-12))) })
    for index in sections.indices { sections[index].geneWeights = weights }
  }

  /// Mixes each spot's expression with the mean of its neighbours'; a spot without any keeps its own.
  mutating func smooth(_ share: Float) {
    guard share > 0 else { return }
    let degrees = sum(adjacency, over: [1], keepingAxes: true)  // [spots, 1]
    let means = matmul(adjacency, expression) / clamp(degrees, 1, .greatestFiniteMagnitude)
    let shares = clamp(degrees, 0, 1) * share  // [spots, 1]
    expression = expression * (1 - shares) + means * shares
  }

  /// Each gene's mean over all spots.
  static func means(_ sections: [TrainingSection]) -> [Double] {
    guard let genes = sections.first?.expression.shape[1] else { return [] }
    var sums = [Double](repeating: 0, count: genes)
    for section in sections {
      let values = section.expression.array
      for (place, value) in values.enumerated() { sums[place % genes] += Double(value) }
    }
    let spots = sections.reduce(0) { $0 + $1.spotCount }
    return sums.map { $0 / Double(spots) }
  }
}

extension SectionInput {
  /// The patches around all spots, in the order of the spots. What lies beyond the image is white.
  func patches(_ shape: PatchShape, _ work: PredictionWork) throws(ModelError) -> Patches {
    var windows = [RGBImage?](repeating: nil, count: spots.count)
    var done = 0
    do {
      try image.regions(
        spots.map(shape.window(around:)), reducedBy: shape.readReduction.rawValue
      ) { spot, window in
        windows[spot] = shape.fitted(window)
        done += 1
        work.report(Double(done) / Double(spots.count))
        return !work.isCancelled()
      }
    } catch { throw ModelError(error.description) }
    try work.check()
    return Patches(windows: windows.compactMap(\.self), side: shape.side, order: shape.order)
  }
}
