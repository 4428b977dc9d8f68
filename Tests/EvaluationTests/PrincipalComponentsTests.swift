import Evaluation
import Foundation
import TensorCore
import Testing

private func c2Expression() throws -> (block: [Float], spots: Int, genes: Int) {
  let tensor = try #require(Golden.tensors("c2_expression.safetensors")["expression"])
  return (tensor.floats, tensor.shape[0], tensor.shape[1])
}

private struct PCASections: Decodable {
  struct Section: Decodable {
    var variance: [Double]
    var varianceRatio: [Double]
  }
  var sections: [String: Section]
}

@Test func `components of C2 have scikit-learn's variances`() throws {
  let (block, spots, genes) = try c2Expression()
  let golden = try #require(Golden.json("pca_kmeans.json", as: PCASections.self).sections["C2"])
  let found = PrincipalComponents(of: block, spots: spots, genes: genes, components: 50)
  #expect(found.variances.count == 50)
  // Relative 1e-4: the golden was computed in single precision.
  let variance = largestDifference(
    zip(found.variances, golden.variance).map { $0 / $1 }, golden.variance.map { _ in 1 })
  #expect(variance.difference < 1e-4, "component \(variance.place)")
  let ratio = largestDifference(
    zip(found.varianceRatios, golden.varianceRatio).map { $0 / $1 },
    golden.varianceRatio.map { _ in 1 })
  #expect(ratio.difference < 1e-4, "component \(ratio.place)")
}

@Test func `scores and loadings of C2 equal scikit-learn's but for signs`() throws {
  let (block, spots, genes) = try c2Expression()
  let tensors = try Golden.tensors("pca_c2.safetensors")
  let golden = try #require(tensors["C2.pca"]).floats
  let found = PrincipalComponents(of: block, spots: spots, genes: genes, components: 50)
  // Absolute, over scores up to 12: directions of nearly equal variance mix a little in float.
  let tolerance = 5e-3
  for component in 0..<50 {
    let ours = (0..<spots).map { Double(found.scores[$0 * 50 + component]) }
    let theirs = (0..<spots).map { Double(golden[$0 * 50 + component]) }
    let same = largestDifference(ours, theirs)
    let opposite = largestDifference(ours, theirs.map { -$0 })
    let nearer = same.difference < opposite.difference ? same : opposite
    #expect(
      nearer.difference < tolerance,
      "component \(component), spot \(nearer.place): \(nearer.difference)")
  }
  let loadings = try #require(tensors["C2.components_abs_first5"]).floats.map(Double.init)
  let nearest = largestDifference(
    found.components.prefix(5 * genes).map { Double(abs($0)) }, loadings)
  #expect(nearest.difference < 1e-4, "loading \(nearest.place): \(nearest.difference)")
}

@Test(arguments: [(12, 30), (30, 12), (20, 20)])
func `scores are the centred block times the components`(spots: Int, genes: Int) {
  var generator = SeededGenerator(seed: 3)
  let block = generator.blobs(spots: spots, dimensions: genes, centres: 3)
  let found = PrincipalComponents(of: block, spots: spots, genes: genes, components: 4)
  let means = (0..<genes).map { gene in
    var sum = 0.0
    for spot in 0..<spots { sum += Double(block[spot * genes + gene]) }
    return sum / Double(spots)
  }
  var expected: [Double] = []
  for spot in 0..<spots {
    for component in 0..<4 {
      var score = 0.0
      for gene in 0..<genes {
        let centred = Double(block[spot * genes + gene]) - means[gene]
        score += centred * Double(found.components[component * genes + gene])
      }
      expected.append(score)
    }
  }
  // Scores reach about 20, in single precision.
  let nearest = largestDifference(found.scores.map(Double.init), expected)
  #expect(nearest.difference < 1e-4, "\(nearest)")
  for component in 0..<4 {
    let largest = (0..<spots).map { found.scores[$0 * 4 + component] }.max { abs($0) < abs($1) }
    #expect((largest ?? 0) > 0)
  }
}

@Test(arguments: seeds)
func `turning the data leaves the variances as they are`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let (spots, genes) = (25, 6)
  let block = generator.blobs(spots: spots, dimensions: genes, centres: 2)
  var turned = block
  for _ in 0..<10 {
    let first = generator.nextIndex(below: genes)
    let second = (first + 1 + generator.nextIndex(below: genes - 1)) % genes
    let angle = generator.nextUnit() * 6
    for spot in 0..<spots {
      let (x, y) = (Double(turned[spot * genes + first]), Double(turned[spot * genes + second]))
      turned[spot * genes + first] = Float(x * cos(angle) - y * sin(angle))
      turned[spot * genes + second] = Float(x * sin(angle) + y * cos(angle))
    }
  }
  let before = PrincipalComponents(of: block, spots: spots, genes: genes, components: genes)
  let after = PrincipalComponents(of: turned, spots: spots, genes: genes, components: genes)
  // Relative to the largest variance: ten rotations in single precision.
  let nearest = largestDifference(before.variances, after.variances)
  #expect(nearest.difference < 1e-5 * before.variances[0])
  #expect(abs(before.varianceRatios.reduce(0, +) - 1) < 1e-9)
}

@Test func `equal spots have no variance and no more components than spots are found`() {
  let found = PrincipalComponents(
    of: [1, 2, 3, 1, 2, 3], spots: 2, genes: 3, components: 50)
  #expect(found.count == 2)
  #expect(found.variances == [0, 0])
  #expect(found.varianceRatios == [0, 0])
  #expect(found.scores == [0, 0, 0, 0])
  let alone = PrincipalComponents(of: [4, 5], spots: 1, genes: 2, components: 2)
  #expect(alone.variances == [0] && alone.scores == [0])
  #expect(PrincipalComponents(of: [], spots: 0, genes: 3, components: 2).scores.isEmpty)
}
