import TensorCore

/// What an encoder's first layer is given of a pixel.
public enum PixelStandard: String, Codable, Sendable, CaseIterable {
  /// 0...255 as the image has it.
  case raw
  /// `(v / 255 − mean) / deviation` by channel, both those of ImageNet.
  case imageNet
  /// The same with those of CLIP's training images.
  case clip

  /// Scales values of 0...255, `[patches, 3 · pixels]`, a channel's pixels side by side.
  func callAsFunction(_ patches: Tensor) -> Tensor {
    guard let (means, deviations) = statistics else { return patches }
    let scale = Tensor(shape: [3, 1], deviations.map { 1 / (255 * $0) })
    let shift = Tensor(shape: [3, 1], zip(means, deviations).map { -$0 / $1 })
    return (patches.reshaped(to: [patches.shape[0], 3, -1]) * scale + shift)
      .reshaped(to: patches.shape)
  }

  /// The mean and deviation of red, green and blue, 0...1.
  private var statistics: (means: [Float], deviations: [Float])? {
    switch self {
    case .raw: nil
    case .imageNet: ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    case .clip:
      ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
    }
  }
}
