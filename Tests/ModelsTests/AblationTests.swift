import TensorCore
import Testing

@testable import Models

@Suite struct AblationTests {
  /// Each part left out of a small network: it has fewer parameters, runs, and learns.
  @Test(arguments: THItoGene.ablations.keys.sorted())
  func `THItoGene predicts and learns without each part`(part: String) throws {
    var sizes: [String: JSON] = [
      "layers": .integer(1), "width": .integer(8), "heads": .integer(1),
      "graphHeads": .integer(1), "capsules": .integer(2), "capsuleWidth": .integer(8),
      "graphHidden": .integer(8), "graphOutput": .integer(8), "headHidden": .integer(8),
      "positions": .integer(4), "genes": .integer(3),
    ]
    let whole = THItoGene.declarations(try THItoGene.configuration(sizes)).map(\.name)
    sizes.merge(try #require(THItoGene.ablations[part])) { $1 }
    let configuration = try THItoGene.configuration(sizes)
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    _ = THItoGene(configuration, &parameters)
    let names = parameters.declarations.map(\.name)
    let gone = Set(whole).subtracting(names)
    let prefixes = [
      "caps": "caps_layer.digit_caps", "odconv": "odconv2d", "vit": "vit.", "gat": "gat.",
    ]
    let prefix = try #require(prefixes[part])
    #expect(!gone.isEmpty && gone.allSatisfy { $0.hasPrefix(prefix) })

    let weights = parameters.values.mapValues { $0.tracked() }
    let model = try THItoGene(configuration, weights: weights)
    var generator = SeededGenerator(seed: 2)
    let patches = Tensor(
      shape: [4, 3, 112, 112],
      (0..<4 * 3 * 112 * 112).map { _ in Float(generator.nextIndex(below: 256)) })
    let adjacency = Tensor(shape: [4, 4], (0..<16).map { $0 % 5 == 0 ? 0 : 1 })
    let pass = TrainingPass(generator: generator)
    let places = [0, 1, 2, 3]
    let output = model(patches, x: places, y: places, adjacency: adjacency, training: pass)
    #expect(output.shape == [4, 3] && output.array.allSatisfy(\.isFinite))
    let trained = parameters.declarations.filter(\.isTrained).map(\.name)
    let gradients = mean(square(output)).gradients(for: trained.map { weights[$0]! })
    #expect(gradients.allSatisfy { $0.array.allSatisfy(\.isFinite) })
    // A checkpoint of such a network is known by its shapes alone.
    var found = try THItoGene.configuration(sizes)
    found.adopt(
      ParameterShapes(Dictionary(uniqueKeysWithValues: weights.map { ($0.key, $0.value.shape) })))
    #expect(found == configuration)
  }
}

@Suite struct PredictionSettingsTests {
  private func model(_ settings: [String: JSON]) throws -> THItoGene {
    let sizes: [String: JSON] = [
      "layers": .integer(0), "graphHeads": .integer(0), "capsules": .integer(2),
      "capsuleWidth": .integer(8), "headHidden": .integer(8), "positions": .integer(4),
      "genes": .integer(3), "scaling": .string("unit"),
    ]
    let configuration = try THItoGene.configuration(sizes.merging(settings) { $1 })
    var parameters = Parameters(generator: SeededGenerator(seed: 6))
    return THItoGene(configuration, &parameters)
  }

  private var patches: Tensor {
    var generator = SeededGenerator(seed: 7)
    return Tensor(
      shape: [3, 3, 112, 112],
      (0..<3 * 3 * 112 * 112).map { _ in Float(generator.nextIndex(below: 256)) })
  }

  @Test func `a section's own statistics are those of training without dropout`() throws {
    let own = try model(["normalizesBySection": .bool(true)])
    let pass = TrainingPass(generator: SeededGenerator(seed: 0), dropsOut: false)
    #expect(own.encode(patches).array == own.encode(patches, training: pass).array)
    #expect(own.encode(patches).array != (try model([:])).encode(patches).array)
  }
}
