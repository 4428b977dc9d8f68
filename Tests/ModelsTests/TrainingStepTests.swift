import TensorCore
import Testing

@testable import Models

/// A step with dropout, of small networks.
@Suite struct TrainingStepTests {
  let x = [0, 1, 2, 0, 1], y = [0, 0, 0, 1, 1]

  private func tensor(_ shape: [Int], seed: UInt64) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor(
      shape: shape, (0..<shape.reduce(1, *)).map { _ in Float(generator.nextUnit()) })
  }

  /// The bits of the loss, of all gradients and of the running statistics.
  private func bits(
    _ make: (inout Parameters) -> (_ training: TrainingPass) -> Tensor
  ) -> [String: [UInt32]] {
    var drawn = Parameters(generator: SeededGenerator(seed: 3))
    _ = make(&drawn)
    let weights = drawn.values.mapValues { $0.tracked() }
    var parameters = Parameters(weights: weights)
    let training = TrainingPass(generator: SeededGenerator(seed: 9))
    let loss = make(&parameters)(training)
    let names = drawn.declarations.filter(\.isTrained).map(\.name)
    let gradients = loss.gradients(for: names.map { weights[$0]! }, keepingGraph: false)
    var found = ["loss": loss].merging(zip(names, gradients)) { $1 }
    found.merge(training.statistics) { $1 }
    #expect(found.count > 20)
    #expect(firstNonFinite(in: Array(found.values)) == nil)
    return found.mapValues { $0.array.map(\.bitPattern) }
  }

  @Test func `THItoGene's is the same to the bit when done again`() {
    var configuration = THItoGene.Configuration()
    (configuration.layers, configuration.genes, configuration.width) = (1, 7, 20)
    (configuration.heads, configuration.graphHeads, configuration.capsules) = (2, 2, 3)
    (configuration.graphHidden, configuration.graphOutput) = (24, 16)
    let (patches, observed) = (tensor([5, 3, 112, 112], seed: 1), tensor([5, 7], seed: 2))
    let adjacency = tensor([5, 5], seed: 4)
    func step() -> [String: [UInt32]] {
      bits { parameters in
        let model = THItoGene(configuration, &parameters)
        return { training in
          meanSquaredError(
            model(patches, x: x, y: y, adjacency: adjacency, training: training), observed)
        }
      }
    }
    #expect(step() == step())
  }

  @Test func `Hist2ST's is the same to the bit when done again`() {
    var configuration = Hist2ST.Configuration()
    (configuration.patchSidePixels, configuration.channels, configuration.genes) = (28, 16, 7)
    (configuration.layers, configuration.graphLayers, configuration.heads) = (1, 2, 2)
    let (patches, observed) = (tensor([5, 3, 28, 28], seed: 1), tensor([5, 7], seed: 2))
    let adjacency = tensor([5, 5], seed: 4)
    func step() -> [String: [UInt32]] {
      bits { parameters in
        let model = Hist2ST(configuration, &parameters)
        return { training in
          let outputs = (0..<3).map { _ in
            model(patches, x: x, y: y, adjacency: adjacency, training: training)
          }
          return meanSquaredError(outputs[0].expression, observed)
            + meanSquaredError(model.distilled(Array(outputs[1...]))!, observed)
        }
      }
    }
    #expect(step() == step())
  }
}
