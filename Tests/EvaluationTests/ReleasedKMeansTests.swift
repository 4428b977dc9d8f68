import TensorCore
import Testing

@testable import Evaluation

private struct ReleasedGoldens: Decodable {
  struct Section: Decodable {
    var clusters: Int
    var kmeansInertia: Double
    var ariOverRandomStates0To4: [Double]
    var labelIndexNames: [String]
  }
  var sections: [String: Section]
}

private struct KMeansGoldens: Decodable {
  struct Run: Decodable {
    var seed: UInt32
    var labels: [Int]
    var inertia: Float
    var iterations: Int
    var centres: [Float]
  }
  struct Case: Decodable {
    var name: String
    var dimensions: Int
    var block: [Float]
    var clusters: Int
    var restarts: Int
    var runs: [Run]
  }
  struct Lost: Decodable {
    var dimensions: Int
    var block: [Float]
    var clusters: Int
    var start: [Float]
    var labels: [Int32]
    var inertia: Float
    var iterations: Int
  }
  struct Recipe: Decodable {
    var scaled: Bool
    var spots: Int
    var genes: Int
    var block: [Float]
    var labels: [Int]
    var clusters: [Int]
    var ari: Double
  }
  var units: [Double]
  var choices: [Int]
  var late: Double
  var kmeans: [Case]
  var lost: [Lost]
  var recipe: [Recipe]
}

private func goldens() throws -> KMeansGoldens {
  try Golden.json("released_kmeans.json", as: KMeansGoldens.self)
}

@Test(arguments: ["B1", "C1", "D1", "E1", "F1", "G2"])
func `clusters of one random state and the next score as scikit-learn's`(section: String) throws {
  let golden = try #require(
    Golden.json("observed_ari.json", as: ReleasedGoldens.self).sections[section])
  let tensors = try Golden.tensors("observed_clusters.safetensors")
  let points = try #require(tensors[section + ".pca"])
  let undetermined = golden.labelIndexNames.firstIndex(of: "undetermined")
  let labels = try #require(tensors[section + ".label_index"]).integers
    .filter { $0 != undetermined }
  // Large sections take long without optimization: two of their five random states.
  let states = golden.ariOverRandomStates0To4.prefix(points.shape[0] > 200 ? 2 : 5)
  for (seed, expected) in states.enumerated() {
    let found = try ReleasedKMeans(
      of: points.floats, spots: points.shape[0], dimensions: points.shape[1],
      clusters: golden.clusters, seed: UInt32(seed))
    let ari = adjustedRandIndex(found.labels, labels)
    // Three decimals: another processor or BLAS may round a distance otherwise.
    #expect(abs(ari - expected) < 5e-4, "\(section), seed \(seed): \(ari), not \(expected)")
  }
}

@Test func `random numbers are those of NumPy's RandomState`() throws {
  let golden = try goldens()
  var generator = MersenneTwister(seed: 0)
  #expect(golden.units == (0..<3).map { _ in generator.nextUnit() })
  generator = MersenneTwister(seed: 7)
  #expect(golden.choices == (0..<8).map { _ in generator.nextChoice(of: 167) })
  generator = MersenneTwister(seed: .max)
  for _ in 0..<700 { _ = generator.nextUnit() }
  #expect(generator.nextUnit() == golden.late)
  // The reference implementation's 10,000th number of its default seed.
  generator = MersenneTwister(seed: 5489)
  for _ in 1..<10_000 { _ = generator.nextWord() }
  #expect(generator.nextWord() == 4_123_659_995)
}

@Test func `labels, centres and steps of small blocks are scikit-learn's`() throws {
  for golden in try goldens().kmeans {
    for run in golden.runs {
      let found = try ReleasedKMeans(
        of: golden.block, spots: golden.block.count / golden.dimensions,
        dimensions: golden.dimensions, clusters: golden.clusters, restarts: golden.restarts,
        seed: run.seed)
      let name = "\(golden.name), seed \(run.seed)"
      #expect(found.labels == run.labels, "\(name)")
      #expect(found.iterations == run.iterations, "\(name)")
      // Single precision, summed in another order.
      #expect(abs(found.inertia - run.inertia) <= 1e-5 * run.inertia + 1e-6, "\(name)")
      let nearest = largestDifference(
        found.centres.map(Double.init), run.centres.map(Double.init))
      #expect(nearest.difference < 1e-5, "\(name), value \(nearest.place)")
    }
  }
}

@Test func `lost clusters take over the farthest spots as scikit-learn's do`() throws {
  for golden in try goldens().lost {
    let problem = ReleasedKMeansProblem(
      block: golden.block, spots: golden.block.count / golden.dimensions,
      dimensions: golden.dimensions, clusters: golden.clusters)
    let start = golden.start.enumerated().map { $1 - problem.means[$0 % golden.dimensions] }
    var run = ReleasedKMeansRun(problem, from: start)
    let solution = run.solve(isCancelled: { false })
    let found = try #require(solution)
    #expect(found.labels == golden.labels)
    #expect(Set(found.labels).count == golden.clusters)
    #expect(found.iterations == golden.iterations)
    #expect(abs(found.inertia - golden.inertia) <= 1e-5 * golden.inertia)
  }
}

@Test func `the released recipe gives the released clusters`() throws {
  let cases = try goldens().recipe
  let block = try #require(cases.first).block
  #expect(cases.map(\.scaled) == [false, true])
  for golden in cases {
    let (spots, genes) = (golden.spots, golden.genes)
    let values = golden.scaled ? standardizedGenes(block, spots: spots, genes: genes) : block
    let kept = golden.labels.indices.filter { golden.labels[$0] >= 0 }
    let components = PrincipalComponents(
      of: kept.flatMap { values[$0 * genes..<($0 + 1) * genes] }, spots: kept.count, genes: genes,
      components: 50)
    let found = try ReleasedKMeans(
      of: components.scores, spots: kept.count, dimensions: components.count, clusters: 4)
    #expect(found.labels == golden.clusters)
    let index = adjustedRandIndex(found.labels, kept.map { golden.labels[$0] })
    #expect(abs(index - golden.ari) < 5e-4)
  }
}

@Test func `standardized genes have mean 0 and variance 1, constant ones are 0`() {
  let found = standardizedGenes([1, 7, 3, 7, 8, 7], spots: 3, genes: 2)
  let varying = [found[0], found[2], found[4]].map(Double.init)
  #expect(abs(varying.reduce(0, +)) < 1e-6)
  #expect(abs(varying.reduce(0) { $0 + $1 * $1 } / 2 - 1) < 1e-6)
  #expect([found[1], found[3], found[5]] == [0, 0, 0])
}

@Test func `released clustering stops when it is cancelled`() {
  #expect(throws: CancellationError.self) {
    try ReleasedKMeans(of: [1, 2, 3], spots: 3, dimensions: 1, clusters: 2) { true }
  }
}
