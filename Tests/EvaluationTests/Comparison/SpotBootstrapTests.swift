import Evaluation
import TensorCore
import Testing

/// Sparse genes, two predictions of each, and the plain way to correlate them.
private struct Example {
  let spotCount: Int
  var starts = [0]
  var spots: [UInt32] = []
  var values: [Float] = []
  var predicted: [Float] = []
  var measuredGene: [Int] = []

  init(spotCount: Int, genes: Int, seed: UInt64) {
    self.spotCount = spotCount
    var generator = SeededGenerator(seed: seed)
    for gene in 0..<genes {
      for spot in 0..<spotCount where generator.nextUnit() < Double(gene) / Double(genes) {
        spots.append(UInt32(spot))
        values.append(Float(generator.nextUnit() * 3))
      }
      starts.append(values.count)
      for kind in 0..<2 {
        measuredGene.append(gene)
        predicted += (0..<spotCount).map { _ in
          if kind == 1, generator.nextUnit() < 0.2 { return .nan }
          return gene % 9 == 4 ? 0.3 : Float(generator.nextNormal() + 7)
        }
      }
    }
  }

  func correlations(_ bootstrap: SpotBootstrap) -> [Double] {
    bootstrap.correlations(
      ofGenesFrom: starts, spots: spots, values: values, with: predicted,
      measuredGene: measuredGene)
  }

  func plain(_ place: Int, _ bootstrap: SpotBootstrap, replicate: Int) -> Double {
    var measured = [Double](repeating: 0, count: spotCount)
    for entry in starts[measuredGene[place]]..<starts[measuredGene[place] + 1] {
      measured[Int(spots[entry])] = Double(values[entry])
    }
    let drawn = (0..<spotCount).flatMap { spot in
      repeatElement(spot, count: Int(bootstrap.weights[spot * bootstrap.replicates + replicate]))
    }
    return PearsonCorrelation(
      drawn.map { measured[$0] }, drawn.map { Double(predicted[place * spotCount + $0]) }
    ).r
  }
}

@Suite struct SpotBootstrapTests {
  /// The sums lose a few digits beside two passes: 1e-9 where r is defined.
  @Test(arguments: seeds)
  func `matrix products give what the plain loop gives`(seed: UInt64) {
    // 70 predicted genes are more than one product takes.
    let example = Example(spotCount: 12 + Int(seed) % 30, genes: 35, seed: seed)
    let bootstrap = SpotBootstrap(spotCount: example.spotCount, replicates: 7, seed: seed)
    let found = example.correlations(bootstrap)
    let plain = (0..<70).flatMap { place in
      (0..<7).map { example.plain(place, bootstrap, replicate: $0) }
    }
    #expect(found.map(\.isNaN) == plain.map(\.isNaN))
    let furthest = largestDifference(
      found.map { $0.isNaN ? 0 : $0 }, plain.map { $0.isNaN ? 0 : $0 })
    #expect(furthest.difference < 1e-9, "gene \(furthest.place / 7)")
  }

  @Test func `each replicate draws as many spots as there are`() {
    let bootstrap = SpotBootstrap(spotCount: 50, replicates: 400, seed: 3)
    for replicate in 0..<400 {
      let drawn = (0..<50).reduce(0) { $0 + bootstrap.weights[$1 * 400 + replicate] }
      #expect(drawn == 50)
    }
    // A spot is missing with (1 − 1/50)⁵⁰ = 0.364; 20,000 draws tell it to 0.003.
    let missing = Double(bootstrap.weights.count { $0 == 0 }) / 20_000
    #expect(abs(missing - 0.364) < 0.015)
    #expect(SpotBootstrap(spotCount: 50, replicates: 400, seed: 3).weights == bootstrap.weights)
    #expect(SpotBootstrap(spotCount: 50, replicates: 400, seed: 4).weights != bootstrap.weights)
  }

  @Test func `nothing to draw from has no correlation`() {
    let none = SpotBootstrap(spotCount: 0, replicates: 2).correlations(
      ofGenesFrom: [0, 0], spots: [], values: [], with: [], measuredGene: [0, 0])
    #expect(none.map(\.isNaN) == [true, true, true, true])
    let one = SpotBootstrap(spotCount: 1, replicates: 2).correlations(
      ofGenesFrom: [0, 1], spots: [0], values: [3], with: [2], measuredGene: [0])
    #expect(one.map(\.isNaN) == [true, true])
    let unknown = SpotBootstrap(spotCount: 2, replicates: 1).correlations(
      ofGenesFrom: [0, 1], spots: [0], values: [3], with: [.nan, .nan], measuredGene: [0])
    #expect(unknown.map(\.isNaN) == [true])
    let noGenes = SpotBootstrap(spotCount: 2, replicates: 1).correlations(
      ofGenesFrom: [0, 1], spots: [0], values: [3], with: [], measuredGene: [])
    #expect(noGenes.isEmpty)
  }
}

@Suite struct BootstrapIntervalTests {
  @Test func `ends lie between ranks as NumPy's percentiles do`() {
    // np.percentile(range(101), [2.5, 97.5]) = [2.5, 97.5].
    let found = BootstrapInterval(ofReplicates: (0...100).reversed().map(Double.init) + [.nan])
    #expect(abs(found.lower - 2.5) < 1e-12 && abs(found.upper - 97.5) < 1e-12)
    let half = BootstrapInterval(ofReplicates: [1, 2, 3], level: 0.5)
    #expect(half.lower == 1.5 && half.upper == 2.5 && half.level == 0.5)
    let none = BootstrapInterval(ofReplicates: [.nan])
    #expect(none.lower.isNaN && none.upper.isNaN)
  }

  @Test func `a mean over sections varies as its standard error says`() {
    var generator = SeededGenerator(seed: 8)
    let sections = (0..<100).map { _ in generator.nextNormal() }
    let found = BootstrapInterval.ofMean(over: sections + [.nan], seed: 1)
    // ± 1.96 standard errors of a tenth, of which the sample's deviation is within 15 %.
    #expect(abs((found.upper - found.lower) - 0.392) < 0.06)
    let mean = sections.reduce(0, +) / 100
    #expect(found.lower < mean && mean < found.upper)
    #expect(BootstrapInterval.ofMean(over: sections, seed: 1) == found)
    #expect(BootstrapInterval.ofMean(over: []).lower.isNaN)
    let one = BootstrapInterval.ofMean(over: [0.25])
    #expect(one.lower == 0.25 && one.upper == 0.25)
  }

  @Test func `a difference over the same spots is narrower than over different ones`() {
    var generator = SeededGenerator(seed: 21)
    let (spots, genes) = (150, 20)
    let noise = (0..<genes * spots).map { _ in generator.nextNormal() }
    let measured = noise.map { Float(3 + $0) }
    let starts = (0...genes).map { $0 * spots }
    let places = (0..<genes * spots).map { UInt32($0 % spots) }
    let first = noise.map { Float($0 + generator.nextNormal()) }
    // The same prediction, a little worse.
    let second = first.map { $0 + Float(0.3 * generator.nextNormal()) }
    func correlations(_ predicted: [Float], seed: UInt64) -> [Double] {
      SpotBootstrap(spotCount: spots, replicates: 500, seed: seed).correlations(
        ofGenesFrom: starts, spots: places, values: measured, with: predicted,
        measuredGene: Array(0..<genes))
    }
    let one = correlations(first, seed: 1)
    let same = BootstrapInterval.ofDifference(
      one, correlations(second, seed: 1), replicates: 500)
    let other = BootstrapInterval.ofDifference(
      one, correlations(second, seed: 2), replicates: 500)
    #expect(same.lower > 0 && same.upper < 0.05)
    #expect(same.upper - same.lower < 0.6 * (other.upper - other.lower))
    let turned = BootstrapInterval.ofDifference(
      correlations(second, seed: 1), one, replicates: 500)
    #expect(abs(turned.lower + same.upper) < 1e-12 && abs(turned.upper + same.lower) < 1e-12)
    // A gene that one method has no correlation for counts for neither.
    let lacking = BootstrapInterval.ofDifference(
      one + [.nan, 1], one + [0, 0.5], replicates: one.count + 2)
    #expect(lacking.lower >= 0 && lacking.upper <= 0.5)
  }
}
