import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Files of HESpotEx's goldens: PyTorch 2.15 and PyTorch Geometric 2.8.1 on the authors' code, seed
/// 20240107, 18 spots.
func hespotexGolden(_ name: String) throws -> SafetensorsFile {
  try SafetensorsFile(
    #require(
      Bundle.module.url(forResource: "Fixtures/hespotex/\(name)", withExtension: "safetensors")))
}

@Suite struct STAGATETests {
  let expected, gradients, training: SafetensorsFile
  let features: Tensor
  let weights: [String: Tensor]
  let edges: Edges
  let theirEdges: [[Int]]

  init() throws {
    expected = try hespotexGolden("stagate.expected")
    gradients = try hespotexGolden("stagate.gradients")
    training = try hespotexGolden("stagate.training")
    let input = try hespotexGolden("stagate.input")
    features = input.tensor("features")
    let ends = input.array("edge_index", as: Int64.self).map(Int.init)
    let count = ends.count / 2
    theirEdges = (0..<count).map { [ends[$0], ends[count + $0]] }
    edges = Edges(theirEdges.map { (source: $0[0], target: $0[1]) }, rowCount: 18)
    let stored = try hespotexGolden("stagate.weights")
    let names = ["conv1.lin_src", "conv1.att_src", "conv1.att_dst", "conv2.lin_src"]
    weights = Dictionary(uniqueKeysWithValues: names.map { ($0, stored.tensor($0)) })
  }

  private static var sizes: STAGATE.Configuration {
    var sizes = STAGATE.Configuration(genes: 20)
    (sizes.hidden, sizes.latent) = (12, 5)
    return sizes
  }

  private func training(_ tying: DecoderTying) -> STAGATETraining {
    STAGATETraining(Self.sizes, tying: tying, weights: weights)
  }

  @Test func `the graph is the authors'`() throws {
    let centres = try hespotexGolden("input").array("pixel_centres", as: Int64.self)
    let points = stride(from: 0, to: centres.count, by: 2).map {
      (x: Double(centres[$0]), y: Double(centres[$0 + 1]))
    }
    let own = Edges.aroundEach(of: points)
    #expect(
      Set(zip(own.sources, own.targets).map { [$0, $1] }) == Set(theirEdges)
        && own.count == theirEdges.count)
  }

  @Test func `every activation is the authors' within 1e-4`() {
    let network = training(.released).network
    let values = matmul(features, network.first)
    let logits = network.logits(of: values)
    expectGolden(logits.source, expected.tensor("alpha_src"), tolerance: 1e-4, "alpha_src")
    expectGolden(logits.target, expected.tensor("alpha_dst"), tolerance: 1e-4, "alpha_dst")
    let shares = network.shares(of: values, edges)
    var dense = Tensor.zeros([18, 18])
    for edge in 0..<edges.count { dense[edges.targets[edge], edges.sources[edge]] = shares[edge] }
    expectGolden(
      dense, expected.tensor("attention_dense_target_by_source"), tolerance: 1e-4, "attention")
    let hidden = elu(edgeSums(values, shares, edges))
    expectGolden(hidden, expected.tensor("h1"), tolerance: 1e-4, "h1")
    let output = network(features, edges)
    expectGolden(output.embedding, expected.tensor("embedding"), tolerance: 1e-4, "embedding")
    let widened = matmul(output.embedding, network.second.transposed())
    expectGolden(
      elu(edgeSums(widened, shares, edges)), expected.tensor("h3"), tolerance: 1e-4, "h3")
    expectGolden(
      output.reconstruction, expected.tensor("reconstruction"), tolerance: 1e-4, "reconstruction")
  }

  @Test func `the loss and every gradient are the authors', the decoder's its own`() {
    let (loss, own) = training(.released).measured(features, edges)
    #expect(abs(loss / gradients.tensor("loss").item - 1) < 1e-5)
    var all = own
    let length = clip(&all, toNorm: 5)
    #expect(abs(length / gradients.tensor("grad_norm").item - 1) < 1e-3)
    #expect(own.count == 6)
    // The largest is cut to 5 in the file as well where it was stored after the cut.
    for (name, gradient) in own {
      expectGolden(gradient, gradients.tensor("grad.\(name)"), tolerance: 1e-3, name)
    }
  }

  @Test func `ten steps are the authors', each moving the weights twice`() {
    var run = training(.released)
    let losses = training.array("losses", as: Double.self)
    for (step, loss) in losses.enumerated() {
      let own = Double(run.takeStep(features, edges))
      #expect(abs(own / loss - 1) < 1e-3, "step \(step + 1): \(own), not \(loss)")
      guard step == 0 else { continue }
      for name in ["conv1.lin_src", "conv2.lin_src"] {
        expectGolden(
          run.weights[name]!, training.tensor("step1.\(name)"), tolerance: 1e-4, name)
      }
      #expect(abs(movedFarthest(run) - 0.002) < 1e-5)
    }
    expectGolden(
      run.weights["conv1.lin_src"]!, training.tensor("after10.conv1.lin_src"), tolerance: 1e-3,
      "conv1.lin_src")
    expectGolden(
      run.network(features, edges).embedding, training.tensor("after10.embedding"),
      tolerance: 1e-3, "embedding")
  }

  @Test func `one parameter used twice is moved once, by both gradients together`() {
    let (_, apart) = training(.released).measured(features, edges)
    let (_, together) = training(.summed).measured(features, edges)
    #expect(together.count == 4)
    let both = apart["conv1.lin_src"]! + apart["conv4.lin_src"]!.transposed()
    expectGolden(together["conv1.lin_src"]!, both, tolerance: 1e-5, "conv1.lin_src")
    var run = training(.summed)
    run.takeStep(features, edges)
    #expect(abs(movedFarthest(run) - 0.001) < 1e-5)
  }

  private func movedFarthest(_ run: STAGATETraining) -> Float {
    let name = "conv1.lin_src"
    return (run.weights[name]! - weights[name]!).array.reduce(0) { max($0, abs($1)) }
  }

  @Test func `sections are learned one after another, and each embedded when it was`() throws {
    let second = (expression: features * 0.5, edges: edges)
    var run = training(.released)
    let found = try run.embeddings(
      of: [(features, edges), second], epochs: 3, PredictionWork())
    var alone = training(.released)
    for _ in 0..<3 { alone.takeStep(features, edges) }
    #expect(found[0].array == alone.network(features, edges).embedding.array)
    for _ in 0..<3 { alone.takeStep(second.expression, edges) }
    #expect(found[1].array == alone.network(second.expression, edges).embedding.array)
    #expect(throws: ModelError.cancelled) {
      var cancelled = training(.released)
      _ = try cancelled.embeddings(
        of: [second], epochs: 1, PredictionWork(isCancelled: { true }))
    }
  }
}
