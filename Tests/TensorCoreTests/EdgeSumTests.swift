import Testing

@testable import TensorCore

@Suite struct EdgeSumTests {
  /// Five rows; nothing reaches row 3, and two edges join the same two rows.
  private let pairs = [(4, 1), (0, 1), (2, 0), (3, 4), (1, 1), (0, 4), (4, 2), (0, 1)]
    .map { (source: $0.0, target: $0.1) }
  private var edges: Edges { Edges(pairs, rowCount: 5) }

  @Test func `edges lie by their targets, those of one in the order given`() {
    #expect(edges.targets == [0, 1, 1, 1, 1, 2, 4, 4])
    #expect(edges.sources == [2, 4, 0, 1, 0, 4, 3, 0])
  }

  @Test func `sums along edges are the product with the graph's matrix`() {
    let (values, shares) = (randomTensor([5, 40], seed: 1), randomTensor([8], seed: 2))
    var matrix = Tensor.zeros([5, 5])
    for edge in 0..<8 { matrix[edges.targets[edge], edges.sources[edge]] += shares[edge] }
    expectClose(edgeSums(values, shares, edges), matmul(matrix, values), tolerance: 1e-6)
  }

  @Test func `gradients of sums along edges, to rows and to shares`() {
    let edges = edges
    expectGradientsMatchDifferences([[5, 3], [8]]) { edgeSums($0[0], $0[1], edges) }
  }

  @Test func `shares at a row add up to 1, and their gradients are right`() {
    let edges = edges
    let shares = edgeSoftmax(randomTensor([8]), edges).array
    #expect(shares[0] == 1 && shares[5] == 1)
    #expect(abs(shares[1...4].reduce(0, +) - 1) < 1e-6)
    expectGradientsMatchDifferences([[8]]) { edgeSoftmax($0[0], edges) }
  }
}
