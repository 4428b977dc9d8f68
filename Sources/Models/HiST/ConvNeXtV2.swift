import TensorCore

/// Reads a patient's stack of maps into a few numbers: a risk, or a score for each response.
///
/// Four stages of depth-wise convolutions at ever smaller size, then the mean over all places, with
/// clinical values beside it, through linear layers.
///
/// Source: HiST's application module, as its released code has it; ConvNeXt V2 (Woo et al., CVPR
/// 2023).
public struct ConvNeXtV2: Sendable {
  /// What is made of the features.
  public enum Head: Sendable, Equatable {
    /// One risk, from the features and so many clinical values: three linear layers without an
    /// activation between them, as released, which together are one.
    case risk(clinical: Int)
    /// A score for each of so many classes.
    case classes(Int)
  }

  /// The sizes of the network.
  public struct Sizes: Sendable, Equatable {
    /// Maps in a patient's stack: 346 genes, tumour and 768 features of tiles.
    public var inputs = 1115
    /// Blocks of each stage.
    public var depths = [2, 2, 8, 2]
    /// Channels of each stage.
    public var widths = [6, 8, 10, 12]
    /// The share of blocks skipped in training by the last block; the first is never skipped, and those
    /// between in proportion.
    public var skippedShare: Float = 0.4
    /// What is made of the features.
    public var head = Head.risk(clinical: 6)

    /// The authors' for survival.
    public static let survival = Sizes()

    /// The authors' for response to treatment, of three kinds.
    public static var response: Sizes {
      var sizes = Sizes()
      (sizes.depths, sizes.widths) = ([2, 2, 6, 2], [8, 10, 12, 14])
      sizes.head = .classes(3)
      return sizes
    }
  }

  /// The sizes this network was built with.
  public let sizes: Sizes
  let reductions: [ReducedMap]
  let stages: [[ConvNeXtBlock]]
  let norm: LayerNorm
  let head: [Linear]

  /// Declares the parameters under the names of the authors' checkpoints.
  public init(_ sizes: Sizes, _ parameters: inout Parameters) {
    precondition(
      sizes.depths.count == sizes.widths.count && !sizes.widths.isEmpty,
      "\(sizes.depths.count) depths, \(sizes.widths.count) widths")
    self.sizes = sizes
    let widths = sizes.widths
    reductions = widths.indices.map { stage in
      ReducedMap(
        &parameters, "downsample_layers.\(stage)",
        inputs: stage == 0 ? sizes.inputs : widths[stage - 1], outputs: widths[stage],
        isFirst: stage == 0)
    }
    let blocks = sizes.depths.reduce(0, +)
    var block = 0
    stages = widths.indices.map { stage in
      (0..<sizes.depths[stage]).map { place in
        defer { block += 1 }
        return ConvNeXtBlock(
          &parameters, "stages.\(stage).\(place)", channels: widths[stage],
          skippedShare: sizes.skippedShare * Float(block) / Float(max(blocks - 1, 1)))
      }
    }
    let width = widths.last ?? 0
    norm = LayerNorm(&parameters, "norm", width: width, epsilon: 1e-6)
    switch sizes.head {
    case .risk(let clinical):
      let ends = [width + clinical, 16, 8, 1]
      head = (0..<3).map {
        linearLayer(&parameters, "head.\($0)", inputs: ends[$0], outputs: ends[$0 + 1])
      }
    case .classes(let count):
      head = [linearLayer(&parameters, "head", inputs: width, outputs: count)]
    }
  }

  /// A risk `[patients, 1]`, or scores `[patients, classes]`.
  ///
  /// - Parameters:
  ///   - stacks: `[patients, inputs, rows, columns]`, 80 and 64 in HiST.
  ///   - clinical: `[patients, values]`, for risks only.
  public func callAsFunction(
    _ stacks: Tensor, clinical: Tensor? = nil, _ training: TrainingPass? = nil
  ) -> Tensor {
    var x = stacks
    for (reduction, blocks) in zip(reductions, stages) {
      x = reduction(x)
      for block in blocks { x = block(x, training) }
    }
    return scores(of: norm(globalAveragePool(x)), clinical: clinical)
  }

  /// What the head makes of features `[patients, width]`.
  func scores(of features: Tensor, clinical: Tensor?) -> Tensor {
    var x = features
    if case .risk(let count) = sizes.head {
      precondition(
        clinical?.shape ?? [x.shape[0], 0] == [x.shape[0], count],
        "\(clinical?.shape ?? []) clinical values where \(x.shape[0]) patients have \(count)")
      if let clinical, count > 0 { x = concatenate([x, clinical], along: 1) }
    }
    for layer in head { x = layer(x) }
    return x
  }
}

/// The convolution that makes a map smaller, and the normalization over its channels: after it where
/// it is the first, before it otherwise.
struct ReducedMap: Sendable {
  let convolution: Convolution
  let norm: LayerNorm
  let isFirst: Bool

  init(_ parameters: inout Parameters, _ name: String, inputs: Int, outputs: Int, isFirst: Bool) {
    self.isFirst = isFirst
    let side = isFirst ? 4 : 2
    convolution = Convolution(
      &parameters, "\(name).\(isFirst ? 0 : 1)", inputs: inputs, outputs: outputs, side: side,
      window: Window(stride: side), weightInitializer: .normal(deviation: 0.02),
      biasInitializer: .constant(0))
    norm = LayerNorm(
      &parameters, "\(name).\(isFirst ? 1 : 0)", width: isFirst ? outputs : inputs, epsilon: 1e-6)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    isFirst ? norm.overChannels(convolution(x)) : convolution(norm.overChannels(x))
  }
}
