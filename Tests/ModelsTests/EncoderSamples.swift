import Foundation
import Images
import Sections
import TensorCore
import TestSupport

@testable import Models

/// Encoders small enough for tests, with weights by chance, in a section of their own.
enum EncoderSample {
  static var clip: CLIPImageEncoder.Configuration {
    var configuration = CLIPImageEncoder.Configuration()
    (configuration.imageSidePixels, configuration.patchSidePixels) = (16, 8)
    (configuration.width, configuration.layers, configuration.headWidth) = (16, 2, 8)
    (configuration.hidden, configuration.features) = (32, 6)
    configuration.scaling = .clip
    return configuration
  }

  static var swin: CTransPath.Configuration {
    var configuration = CTransPath.Configuration()
    (configuration.imageSidePixels, configuration.width, configuration.window) = (32, 16, 2)
    (configuration.depths, configuration.heads) = ([2, 1], [1, 2])
    return configuration
  }

  /// Weights of an encoder by chance, as a file's tensors.
  static func tensors<Encoder: TileEncoder>(
    _ encoder: Encoder.Type, _ configuration: Encoder.Configuration, seed: UInt64 = 5
  ) -> [StoredTensor] {
    var parameters = Parameters(generator: SeededGenerator(seed: seed))
    _ = Encoder(configuration, &parameters)
    return parameters.declarations.map { StoredTensor(name: $0.name, parameters.values[$0.name]!) }
  }

  static func checkpoint(seed: UInt64 = 5) -> EncoderCheckpoint {
    EncoderCheckpoint(
      settings: EncoderSettings(CLIPImageEncoder.self, clip),
      origin: ["importedFrom": .string("quilt.bin")],
      tensors: tensors(CLIPImageEncoder.self, clip, seed: seed))
  }

  /// Random patches, `[patches, 3 · side²]`, 0...255.
  static func patches(_ count: Int, side: Int, seed: UInt64 = 3) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor(
      shape: [count, 3 * side * side],
      (0..<count * 3 * side * side).map { _ in Float(generator.nextIndex(below: 256)) })
  }

  /// Sixteen spots on a picture whose colours change from spot to spot.
  static func input(in folder: TemporaryFolder) throws -> SectionInput {
    var picture = RGBImage(width: 160, height: 160)
    for y in 0..<160 {
      for x in 0..<160 {
        let spot = y / 40 * 4 + x / 40
        picture[x, y] = (UInt8(40 + 12 * spot), UInt8((x * 7 + y * spot) % 256), UInt8(y))
      }
    }
    let url = folder.url.appending(path: "he.png")
    try picture.writePNG(to: url)
    let spots = (0..<16).map {
      Spot(
        id: "\($0)", column: $0 % 4, row: $0 / 4, x: Double($0 % 4 * 40 + 20),
        y: Double($0 / 4 * 40 + 20))
    }
    return SectionInput(
      sectionName: "S", spots: spots, image: try ImageFile(opening: url), pitchPixels: 40)
  }
}

/// A linear layer on top of an encoder.
struct LinearHead: FrozenEncoderModel {
  struct Configuration: ModelConfiguration {
    var genes = 3
    var encoder = EncoderSettings(CLIPImageEncoder.self, EncoderSample.clip)

    mutating func adopt(_ shapes: ParameterShapes) {
      genes.adopt(shapes.size("head.weight", axis: 0))
      encoder.adopt(shapes.under(FrozenEncoder.prefix))
    }

    var isSound: Bool { encoder.isSound }
  }

  static let entry = ModelEntry(
    LinearHead.self, name: "linear", title: "Linear head", summary: "a linear layer",
    source: "tests")
  static let presets = [
    TrainingPreset("linear", source: "tests") {
      ($0.learningRate, $0.epochs) = (5e-2, 60)
    }
  ]
  static let outputLayer = "head"
  let configuration: Configuration
  let encoder: FrozenEncoder
  let head: Linear
  var positions: Int { 8 }

  init(_ configuration: Configuration, _ parameters: inout Parameters) {
    self.configuration = configuration
    encoder = FrozenEncoder(configuration.encoder, &parameters)
    head = Linear(
      &parameters, "head", inputs: encoder.featureWidth, outputs: configuration.genes)
  }

  func expression(of input: SectionInput, features: Tensor) -> Tensor { head(features) }

  func expression(
    _ section: TrainingSection, _ features: Tensor, _ training: TrainingPass?
  ) -> Tensor { head(features) }
}
