import Evaluation
import Synchronization
import TensorCore
import Testing

@Test(arguments: ["B1", "C1", "D1", "E1", "F1", "G2"])
func `k-means is no worse than scikit-learn's on observed expression`(section: String) throws {
  let golden = try #require(
    Golden.json("observed_ari.json", as: ObservedSections.self).sections[section])
  let points = try #require(Golden.tensors("observed_clusters.safetensors")[section + ".pca"])
  let found = try KMeans(
    of: points.floats, spots: points.shape[0], dimensions: points.shape[1],
    clusters: golden.clusters)
  #expect(found.inertia <= golden.kmeansInertia * 1.001)
  #expect(found.sizes == found.sizes.sorted(by: >))
  #expect(found.sizes.reduce(0, +) == points.shape[0])
}

@Test func `far apart blobs are found whole, the biggest first`() throws {
  let block: [Float] = [100, 0, 1, 2, 101, 50, 3]
  let found = try KMeans(of: block, spots: 7, dimensions: 1, clusters: 3)
  #expect(found.labels == [1, 0, 0, 0, 1, 2, 0])
  #expect(found.sizes == [4, 2, 1])
  #expect(found.centres == [1.5, 100.5, 50])
  // (1.5² + 0.5²) · 2 + 0.5² · 2.
  #expect(found.inertia == 5.5)
}

@Test(arguments: seeds)
func `a seed gives the same clusters again and another restart is never worse`(
  seed: UInt64
) throws {
  var generator = SeededGenerator(seed: seed)
  let block = generator.blobs(spots: 60, dimensions: 3, centres: 6)
  func cluster(restarts: Int) throws -> KMeans {
    try KMeans(
      of: block, spots: 60, dimensions: 3, clusters: 5, restarts: restarts, seed: seed)
  }
  let results = try (1...5).map { try cluster(restarts: $0) }
  for (fewer, more) in zip(results, results.dropFirst()) {
    // Restarts are ranked on the centred block, rounded to single precision.
    #expect(more.inertia <= fewer.inertia * (1 + 1e-7))
  }
  #expect(try cluster(restarts: 5) == results[4])
}

@Test(arguments: seeds)
func `inertia is the sum of squared distances to the centres`(seed: UInt64) throws {
  var generator = SeededGenerator(seed: seed)
  // Far from the origin, where distances from products alone would lose their digits.
  let block = generator.blobs(spots: 40, dimensions: 2, centres: 3).map { $0 + 1000 }
  let found = try KMeans(of: block, spots: 40, dimensions: 2, clusters: 4, seed: seed)
  var inertia = 0.0
  for spot in 0..<40 {
    for column in 0..<2 {
      let step =
        Double(block[spot * 2 + column]) - Double(found.centres[found.labels[spot] * 2 + column])
      inertia += step * step
    }
  }
  // The centres are stored in single precision: 6e-5 at 1000.
  #expect(abs(inertia - found.inertia) < 1e-5 * inertia)
}

@Test func `every spot may be a cluster, and equal spots leave clusters empty`() throws {
  let own = try KMeans(of: [1, 5, 9, 20], spots: 4, dimensions: 1, clusters: 4)
  #expect(Set(own.labels).count == 4)
  #expect(own.inertia < 1e-9)
  let equal = try KMeans(of: [2, 2, 2, 7], spots: 4, dimensions: 1, clusters: 3)
  #expect(equal.labels == [0, 0, 0, 1])
  #expect(equal.sizes == [3, 1, 0])
  let one = try KMeans(of: [2, 4], spots: 2, dimensions: 1, clusters: 1)
  #expect(one.labels == [0, 0] && one.centres == [3])
}

@Test func `a lost cluster takes over the farthest spot`() throws {
  // Many clusters for few distinct places: Lloyd's steps alone would leave some empty.
  let block = (0..<40).map { Float($0 % 8) * Float($0 % 8) }
  let found = try KMeans(of: block, spots: 40, dimensions: 1, clusters: 8, restarts: 3)
  #expect(found.sizes == [Int](repeating: 5, count: 8))
  #expect(found.inertia < 1e-6)
}

@Test func `clustering stops when it is cancelled`() {
  var generator = SeededGenerator(seed: 1)
  let block = generator.blobs(spots: 200, dimensions: 5, centres: 3)
  let asked = Atomic(0)
  #expect(throws: CancellationError.self) {
    try KMeans(of: block, spots: 200, dimensions: 5, clusters: 4, restarts: 1000) {
      asked.add(1, ordering: .relaxed).oldValue >= 3
    }
  }
  #expect(asked.load(ordering: .relaxed) < 100)
}

private struct InertiaSections: Decodable {
  struct Section: Decodable { var kmeansInertia: [String: Double] }
  var sections: [String: Section]
}

@Test(arguments: [2, 3, 4, 5, 6, 8])
func `clusters of C2's components are as good as scikit-learn's`(clusters: Int) throws {
  let golden = try #require(
    Golden.json("pca_kmeans.json", as: InertiaSections.self).sections["C2"])
  let tensor = try #require(Golden.tensors("c2_expression.safetensors")["expression"])
  let (spots, genes) = (tensor.shape[0], tensor.shape[1])
  let components = PrincipalComponents(
    of: tensor.floats, spots: spots, genes: genes, components: 50)
  let found = try KMeans(
    of: components.scores, spots: spots, dimensions: components.count, clusters: clusters)
  // 0.5 %, as far as 20 restarts of either program spread with the seed.
  let expected = try #require(golden.kmeansInertia["\(clusters)"])
  #expect(found.inertia <= expected * 1.005, "\(found.inertia) against \(expected)")
}
