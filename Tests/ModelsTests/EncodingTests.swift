import TensorCore
import Testing

@testable import Models

/// Each patch is read by itself, so that a section need not be in memory as a whole.
@Suite struct EncodingTests {
  private func patches(_ shape: [Int]) -> Tensor {
    var generator = SeededGenerator(seed: 5)
    return Tensor(
      shape: shape, (0..<shape.reduce(1, *)).map { _ in Float(generator.nextUnit()) * 255 })
  }

  /// The codes of five patches, and of two and three of them end to end, must agree.
  private func expectSameCodes(_ patches: Tensor, _ encode: (Tensor) -> Tensor) {
    let parts = [patches.slice(0..<2, along: 0), patches.slice(2..<5, along: 0)]
    expectGolden(
      concatenate(parts.map(encode), along: 0), encode(patches), tolerance: 1e-5, "codes")
  }

  @Test func `THItoGene reads a section in parts`() {
    var configuration = THItoGene.Configuration()
    (configuration.layers, configuration.graphHeads, configuration.width) = (1, 1, 8)
    (configuration.graphHidden, configuration.headHidden) = (8, 8)
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    let model = THItoGene(configuration, &parameters)
    expectSameCodes(patches([5, 3, 112, 112])) { model.encode($0) }
  }

  @Test func `HisToGene reads a section in parts`() {
    var configuration = HisToGene.Configuration()
    (configuration.patchSidePixels, configuration.layers, configuration.width) = (16, 1, 8)
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    let model = HisToGene(configuration, &parameters)
    expectSameCodes(patches([5, 3 * 16 * 16])) { model.encode($0) }
  }

  @Test func `Hist2ST reads a section in parts`() {
    var configuration = Hist2ST.Configuration()
    (configuration.patchSidePixels, configuration.layers, configuration.graphLayers) = (28, 1, 1)
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    let model = Hist2ST(configuration, &parameters)
    expectSameCodes(patches([5, 3, 28, 28])) { model.encode($0) }
  }
}
