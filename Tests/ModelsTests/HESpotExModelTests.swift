import Foundation
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

/// The authors' head on features that stand for their encoder's.
@Suite struct HESpotExModelTests {
  let input, expected, gradients, training: SafetensorsFile
  let weights: [String: Tensor]
  let points: [(x: Double, y: Double)]

  init() throws {
    input = try hespotexGolden("input")
    expected = try hespotexGolden("expected")
    gradients = try hespotexGolden("gradients")
    training = try hespotexGolden("training")
    let stored = try hespotexGolden("weights")
    let used = stored.names.filter { !$0.hasPrefix("image_projection") }
    weights = Dictionary(uniqueKeysWithValues: used.map { ($0, stored.tensor($0)) })
    let centres = input.array("pixel_centres", as: Int64.self)
    points = stride(from: 0, to: centres.count, by: 2).map {
      (x: Double(centres[$0]), y: Double(centres[$0 + 1]))
    }
  }

  private static var sizes: HESpotEx.Configuration {
    var sizes = HESpotEx.Configuration()
    (sizes.genes, sizes.latent, sizes.hidden) = (11, 14, 20)
    return sizes
  }

  private func head(_ weights: [String: Tensor]) throws -> HESpotExHead {
    var parameters = Parameters(weights: weights)
    let head = HESpotExHead(Self.sizes, features: 24, &parameters)
    try parameters.checkAll()
    return head
  }

  private var neighbours: NeighbourSums { NeighbourSums(of: points, .released) }

  private func output(
    _ head: HESpotExHead, _ features: Tensor, isTrained: Bool = false
  ) -> HESpotExHead.Output {
    head(features, neighbours, scale: input.tensor("nuclei_number"), isTrained: isTrained)
  }

  private func loss(_ output: HESpotExHead.Output) -> (latent: Tensor, error: Tensor) {
    (
      latentDissimilarity(output.latent, input.tensor("latent")),
      meanSquaredError(output.expression, input.tensor("expression"))
    )
  }

  @Test func `every activation is the authors' within 1e-4`() throws {
    let head = try head(weights)
    func expect(_ actual: Tensor, _ name: String) {
      expectGolden(actual, expected.tensor(name), tolerance: 1e-4, name)
    }
    let features = input.tensor("image_features")
    let latent = head.latentHead(features)
    expect(latent, "latent_head")
    expect(head.geneHead(latent), "gene_head")
    expect(neighbours(latent), "image_decoder0.aggregate")
    let layers = head.graphLayers(latent, neighbours)
    for (layer, values) in layers.enumerated() { expect(values, "image_decoder\(layer)") }
    expect(stack(head.memory(layers)), "jknet")
    expect(
      head(features, neighbours, scale: nil, isTrained: false).expression, "output.before_nuclei")
    let output = output(head, features)
    expect(output.expression, "output")
    expect(output.expression - output.expression.array.min()!, "test_time_shifted")
  }

  @Test func `numbers of nuclei become the authors' factors`() {
    let raw = input.array("nuclei_raw", as: Float.self).map { Int($0) }
    #expect(raw.contains { $0 > 20 })
    expectGolden(
      NucleusCounts.scale(raw), input.tensor("nuclei_number"), tolerance: 1e-6, "nuclei")
    #expect(NucleusCounts.scale([0, 0]).array == [2, 2])
  }

  @Test func `the losses and gradients are the authors'`() throws {
    let tracked = weights.mapValues { $0.tracked() }
    let features = input.tensor("image_features").tracked()
    let (latent, error) = loss(output(try head(tracked), features, isTrained: true))
    let total = latent + error
    for (own, name) in [
      (latent, "latent_similarity_loss"), (error, "mse_loss"), (total, "loss"),
    ] {
      #expect(abs(own.item / gradients.tensor(name).item - 1) < 1e-5, "\(name)")
    }
    var compared = 0
    for name in gradients.names {
      guard let parameter = name == "input.image_features" ? features : tracked[name] else {
        continue
      }
      expectGolden(
        total.gradients(for: [parameter])[0], gradients.tensor(name), tolerance: 1e-3, name)
      compared += 1
    }
    #expect(compared == 11)
  }

  @Test func `five steps of training are the authors'`() throws {
    var moved = weights
    var optimizer = AdamW(learningRate: 1e-3, weightDecay: 1e-3)
    let features = input.tensor("image_features")
    for expectedLoss in training.array("losses", as: Double.self) {
      let tracked = moved.mapValues { $0.tracked() }
      let (latent, error) = loss(output(try head(tracked), features, isTrained: true))
      let total = latent + error
      #expect(abs(Double(total.item) / expectedLoss - 1) < 1e-3)
      let names = moved.keys.sorted()
      let found = total.gradients(for: names.map { tracked[$0]! })
      optimizer.update(&moved, Dictionary(uniqueKeysWithValues: zip(names, found)))
    }
    expectGolden(
      output(try head(moved), features).expression, training.tensor("after5.output"),
      tolerance: 1e-3, "after5.output")
  }

  @Test func `the mean of neighbours holds nothing of the spot itself`() {
    let values = Tensor(shape: [18, 1], (0..<18).map { Float($0 * $0) })
    let mean = NeighbourSums(of: points, .mean)
    #expect(mean.edges.count == 72)
    let released = neighbours
    for spot in 0..<18 {
      let own = mean(values)[spot, 0]
      #expect(abs(released(values)[spot, 0] - (4 * own - values[spot, 0]) / 3) < 1e-3)
    }
    #expect(
      NeighbourSums(of: [(0, 0), (1, 0)], .released)(
        Tensor(shape: [2, 1], [3, 5])
      ).array == [2, -2])
    #expect(NeighbourSums(of: [(0, 0)], .mean)(Tensor(shape: [1, 1], [3])).array == [0])
  }

  @Test func `the memory in parts of the spots is the memory of all`() throws {
    let head = try head(weights)
    let sequence = head.graphLayers(head.latentHead(input.tensor("image_features")), neighbours)
    expectGolden(
      head.remembered(sequence, atOnce: 5), head.remembered(sequence, atOnce: 18),
      tolerance: 1e-6, "jknet")
    #expect(head.spotsAtOnce > 18)
  }

  @Test func `a constant row is uncorrelated and gets no gradient`() {
    let x = Tensor(shape: [2, 3], [1, 2, 3, 4, 4, 4]).tracked()
    let y = Tensor(shape: [2, 3], [2, 4, 6, 1, 0, 5])
    let loss = latentDissimilarity(x, y)
    #expect(abs(loss.item - 0.5) < 1e-6)
    let slope = loss.gradients(for: [x])[0].array
    #expect(slope[3...].allSatisfy { $0 == 0 } && slope.allSatisfy(\.isFinite))
  }

  @Test(.enabled(if: SharedFiles.hasFixtures))
  func `the full-size network has the authors' parameters, but for those never used`() throws {
    let theirs = try authorsParameters("hespotex").filter { !$0.key.hasPrefix("image_projection") }
    let own = shapes(HESpotEx.declarations(HESpotEx.Configuration())).filter {
      !$0.key.hasPrefix(FrozenEncoder.prefix)
    }
    #expect(own == theirs.filter { !$0.key.hasPrefix("image_encoder.") })
    var found = HESpotEx.Configuration()
    (found.genes, found.latent, found.hidden, found.graphLayers) = (3, 3, 3, 1)
    found.adopt(ParameterShapes(theirs))
    #expect(found == HESpotEx.Configuration())
  }
}
