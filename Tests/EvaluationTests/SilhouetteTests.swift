import Evaluation
import TensorCore
import Testing

private struct SilhouetteCases: Decodable {
  struct Case: Decodable {
    var name: String
    var dimensions: Int
    var block: [Float]
    var clusters: [Int]
    var samples: [Double]
    var score: Double
  }
  var cases: [Case]
}

@Test func `silhouettes equal scikit-learn's`() throws {
  for golden in try Golden.json("silhouette.json", as: SilhouetteCases.self).cases {
    let found = Silhouette(
      of: golden.block, spots: golden.clusters.count, dimensions: golden.dimensions,
      clusters: golden.clusters)
    // Distances are single precision.
    let nearest = largestDifference(found.values, golden.samples)
    #expect(nearest.difference < 1e-6, "\(golden.name), spot \(nearest.place)")
    #expect(abs(found.mean - golden.score) < 1e-6, "\(golden.name)")
  }
}

@Test(arguments: [("B1", 0.1322123513540124), ("G2", 0.05124635717683489)])
func `silhouettes of real clusters equal scikit-learn's`(section: String, score: Double) throws {
  let tensors = try Golden.tensors("observed_clusters.safetensors")
  let points = try #require(tensors[section + ".pca"])
  let clusters = try #require(tensors[section + ".kmeans_labels"]).integers
  let found = Silhouette(
    of: points.floats, spots: points.shape[0], dimensions: points.shape[1], clusters: clusters)
  #expect(abs(found.mean - score) < 1e-6)
}

@Test(arguments: seeds)
func `silhouettes do not care for names, shifts or scale`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let block = generator.blobs(spots: 40, dimensions: 3, centres: 3)
  let clusters = generator.labels(spots: 40, labels: 4)
  let found = Silhouette(of: block, spots: 40, dimensions: 3, clusters: clusters)
  let other = Silhouette(
    of: block.map { 4 * $0 + 1 }, spots: 40, dimensions: 3,
    clusters: clusters.map { [9, -4, 2, 70][$0] })
  let nearest = largestDifference(found.values, other.values)
  #expect(nearest.difference < 1e-5, "spot \(nearest.place)")
  #expect(found.values.allSatisfy { -1...1 ~= $0 })
}

@Test func `silhouettes without another cluster are NaN, and those of single spots are 0`() {
  let one = Silhouette(of: [1, 2, 3], spots: 3, dimensions: 1, clusters: [4, 4, 4])
  #expect(one.mean.isNaN && one.values.allSatisfy(\.isNaN))
  let single = Silhouette(of: [1, 2, 3], spots: 3, dimensions: 1, clusters: [0, 1, 2])
  #expect(single.values == [0, 0, 0] && single.mean == 0)
  let none = Silhouette(of: [], spots: 0, dimensions: 2, clusters: [])
  #expect(none.values.isEmpty && none.mean.isNaN)
}
