import Evaluation
import Foundation
import TensorCore
import Testing

/// Spots with known rates, counted once: the gene's rate differs from spot to spot, the rest of the
/// library does not.
private struct Tissue {
  let spotCount: Int
  var starts = [0]
  var spots: [UInt32] = []
  var counts: [Float] = []
  var rates: [[Double]] = []

  init(spotCount: Int, meanRates: [Double], contrast: Double, seed: UInt64) {
    self.spotCount = spotCount
    var generator = SeededGenerator(seed: seed)
    for mean in meanRates {
      let rates = (0..<spotCount).map { _ in
        mean * exp(contrast * generator.nextNormal() - contrast * contrast / 2)
      }
      for (spot, rate) in rates.enumerated() {
        let count = generator.nextPoisson(rate)
        guard count > 0 else { continue }
        spots.append(UInt32(spot))
        counts.append(Float(count))
      }
      starts.append(counts.count)
      self.rates.append(rates)
    }
  }

  func dense(_ gene: Int) -> [Double] {
    var row = [Double](repeating: 0, count: spotCount)
    for entry in starts[gene]..<starts[gene + 1] { row[Int(spots[entry])] = Double(counts[entry]) }
    return row
  }

  func attainable(
    genes: [Int]? = nil, library: [Int]? = nil, settings: AttainableCorrelation.Settings = .init(),
    normalize: @Sendable (Float, Double) -> Float = { count, _ in count }
  ) throws -> AttainableCorrelation {
    try AttainableCorrelation(
      ofGenesFrom: starts, spots: spots, counts: counts, spotCount: spotCount,
      genes: genes ?? Array(0..<starts.count - 1), library: library, settings: settings,
      normalize: normalize)
  }
}

extension SeededGenerator {
  /// Knuth's way: as many uniform factors as it takes to fall below e^−rate.
  fileprivate mutating func nextPoisson(_ rate: Double) -> Int {
    var product = nextUnit()
    var count = 0
    while product > exp(-rate) {
      product *= nextUnit()
      count += 1
    }
    return count
  }
}

@Suite struct AttainableCorrelationTests {
  /// 4,000 spots tell a correlation to 0.016 or better (1 / √n), 0.05 is three times that.
  @Test(arguments: [0.3, 1, 4, 20])
  func `it is the correlation of counts with the rates underneath`(rate: Double) throws {
    let tissue = Tissue(spotCount: 4000, meanRates: [rate], contrast: 0.6, seed: 11)
    let found = try tissue.attainable()
    let truth = PearsonCorrelation(tissue.dense(0), tissue.rates[0]).r
    #expect(abs(Double(found.attainable[0]) - truth) < 0.05, "\(found.attainable[0]), not \(truth)")
    let half = Double(found.halves[0])
    #expect(abs(Double(found.attainable[0]) - (2 * half / (1 + half)).squareRoot()) < 1e-6)
    #expect(found.isMeasurable(0) && found.spread[0] > 0 && found.spread[0] < 0.1)
  }

  @Test func `library sizes are taken of each half alone`() throws {
    let tissue = Tissue(
      spotCount: 2000, meanRates: [3] + Array(repeating: 5, count: 30), contrast: 0.5, seed: 4)
    let found = try tissue.attainable(genes: [0]) { count, total in
      Float(log(1 + 100 * Double(count) / total))
    }
    var totals = [Double](repeating: 0, count: 2000)
    for gene in 0..<31 {
      for (spot, count) in tissue.dense(gene).enumerated() { totals[spot] += count }
    }
    let expression = zip(tissue.dense(0), totals).map { log(1 + 100 * $0 / $1) }
    let truth = PearsonCorrelation(expression, tissue.rates[0].map { log(1 + $0) }).r
    // The logarithm of half the counts is noisier, hence more room below.
    #expect(abs(Double(found.attainable[0]) - truth) < 0.08, "\(found.attainable[0]), not \(truth)")

    // A library of one gene makes every count its spot's whole total.
    let alone = try tissue.attainable(genes: [3], library: [3]) { count, total in
      Float(Double(count) / total)
    }
    #expect(alone.halves[0] < 0.1)
  }

  @Test func `noise alone is unmeasurable or close to it`() throws {
    let tissue = Tissue(
      spotCount: 400, meanRates: Array(repeating: 2, count: 200), contrast: 0, seed: 9)
    let found = try tissue.attainable()
    let share = Double(found.attainable.count(where: \.isNaN)) / 200
    #expect((0.35..<0.65).contains(share), "\(share)")
    let mean = found.halves.reduce(0, +) / 200
    #expect(abs(mean) < 0.01)
    for gene in 0..<200 {
      #expect(found.isMeasurable(gene) == !found.attainable[gene].isNaN)
      #expect(found.spread[gene].isNaN == found.attainable[gene].isNaN)
    }
  }

  @Test func `the same seed gives the same numbers and another gives others`() throws {
    let tissue = Tissue(spotCount: 80, meanRates: [1, 2, 3], contrast: 0.7, seed: 2)
    let found = try tissue.attainable()
    let again = try tissue.attainable()
    let other = try tissue.attainable(settings: .init(seed: 1))
    #expect(again == found && other != found)
    // What is asked for together changes nothing while the cut genes are the same.
    let last = try tissue.attainable(genes: [2, 0])
    #expect(last.attainable == [found.attainable[2], found.attainable[0]])
  }

  @Test func `genes seen nowhere or once have nothing to attain`() throws {
    let odd = try AttainableCorrelation(
      ofGenesFrom: [0, 4], spots: [0, 1, 2, 3], counts: [.nan, -3, .infinity, 0.9], spotCount: 9,
      genes: [0], library: nil, normalize: { count, _ in count })
    #expect(odd.halves == [0] && !odd.isMeasurable(0))
    // No molecule, and one and a share of another, which is rounded down.
    let found = try AttainableCorrelation(
      ofGenesFrom: [0, 0, 1], spots: [3], counts: [1.9], spotCount: 6, genes: [0, 1], library: nil,
      normalize: { count, _ in count })
    #expect(found.attainable.map(\.isNaN) == [true, true] && found.halves == [0, 0])
    let json = try JSONEncoder().encode(found)
    let read = try JSONDecoder().decode(AttainableCorrelation.self, from: json)
    #expect(read.attainable.map(\.isNaN) == [true, true] && read.halves == [0, 0])
    let single = try Tissue(spotCount: 50, meanRates: [30], contrast: 1, seed: 1).attainable(
      settings: .init(repeats: 1))
    #expect(single.attainable[0] > 0.9 && single.spread[0].isNaN)
    let none = try AttainableCorrelation(
      ofGenesFrom: [0], spots: [], counts: [], spotCount: 0, genes: [], library: nil,
      normalize: { count, _ in count })
    #expect(none.attainable.isEmpty)
  }

  @Test func `it can be called off`() {
    #expect(throws: CancellationError.self) {
      try AttainableCorrelation(
        ofGenesFrom: [0, 1], spots: [0], counts: [5], spotCount: 2, genes: [0], library: nil,
        normalize: { count, _ in count }, isCancelled: { true })
    }
  }
}
