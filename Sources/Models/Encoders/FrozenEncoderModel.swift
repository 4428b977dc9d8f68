import Sections
import TensorCore

/// A model that sees a section through an encoder trained before: only its head is trained.
///
/// Its parameters are the encoder's, declared by a ``FrozenEncoder``, and the head's. What
/// ``TrainableModel`` calls patches are features here, `[spots, featureWidth]`, worked out once for
/// each section.
public protocol FrozenEncoderModel: TrainableModel {
  /// The encoder, with its weights.
  var encoder: FrozenEncoder { get }

  /// The side, in pixels of the full image, of the window that a spot is encoded from; the distance
  /// between spots unless a model says otherwise.
  func windowPixels(of input: SectionInput) -> Int

  /// Predicts `[spots, genes]` from the features of a section's spots, `[spots, featureWidth]`.
  ///
  /// - Throws: ``ModelError`` when a spot's place does not suit the model.
  func expression(of input: SectionInput, features: Tensor) throws(ModelError) -> Tensor
}

extension FrozenEncoderModel {
  /// The distance between neighbouring spots.
  public func windowPixels(of input: SectionInput) -> Int {
    max(1, Int(input.pitchPixels.rounded()))
  }

  /// None: windows are as large as the section's spots are apart.
  public var patchSidePixels: Int? { nil }

  /// The encoder's input; its window is another in each section.
  public var patchShape: PatchShape {
    encoder.encoder.patchShape(windowPixels: encoder.encoder.inputSidePixels)
  }

  /// Encodes the section batch by batch, then predicts.
  public func predict(
    _ input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> Tensor {
    let features = try encoder.features(of: input, windowPixels: windowPixels(of: input), work)
    return try expression(of: input, features: features)
  }

  /// The features of the section's spots.
  public func sight(
    of input: SectionInput, _ work: PredictionWork
  ) throws(ModelError) -> SectionSight {
    .features(try encoder.features(of: input, windowPixels: windowPixels(of: input), work))
  }
}

extension TileEncoder {
  /// The side of the square it reads.
  public var inputSidePixels: Int { configuration.imageSidePixels }
}
