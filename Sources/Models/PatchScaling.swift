import TensorCore

/// What a network's first layer is given of a pixel.
public enum PatchScaling: String, Codable, Sendable, CaseIterable {
  /// 0...255 as the image has it: what the released code of all three models does.
  case raw
  /// `v / 255`, 0...1.
  case unit
  /// `−ln((v + 1) / 256)`: 0 for white, 5.5 for black, and between them in proportion to the stain
  /// the light went through (Lambert and Beer). What a patch lacks beyond the image is 0.
  case opticalDensity

  /// Scales values of 0...255; any shape.
  func callAsFunction(_ patches: Tensor) -> Tensor {
    switch self {
    case .raw: patches
    case .unit: patches * (1 / 255)
    case .opticalDensity: -log((patches + 1) * (1 / 256))
    }
  }
}
