import TensorCore

/// A convolution whose kernels are mixed for each patch from four candidates.
///
/// `αᵒ ⊙ conv(αᶜ ⊙ x, Σ αʷ αᵏ ⊙ W)`: attention over input channels, filters, the kernel's places and
/// the candidates, all from the patch's mean colour. Shape: `[patches, 3, side, side]` to
/// `[patches, filters, side / 4, side / 4]`.
///
/// Source: Li et al., ICLR 2022; THItoGene eq. 1 and 2. Departure, as the released code has it: the
/// candidates' weights come from a softmax, where the paper has a sigmoid.
struct DynamicConvolution: Sendable {
  static let candidates = 4
  static let side = 4

  let weight: Tensor  // [candidates, filters, channels, side, side]
  let squeeze, channelGate, filterGate, placeGate, candidateGate: Convolution
  let squeezeNorm: BatchNorm

  init(_ parameters: inout Parameters, _ name: String, channels: Int, filters: Int) {
    let (candidates, side) = (Self.candidates, Self.side)
    weight = parameters.take(
      "\(name).weight", [candidates, filters, channels, side, side],
      .kaiming(fan: filters * side * side))
    let squeezed = max(channels / 16, 16)
    func gate(_ gate: String, _ inputs: Int, _ outputs: Int, hasBias: Bool = true) -> Convolution {
      Convolution(
        &parameters, "\(name).attention.\(gate)", inputs: inputs, outputs: outputs, side: 1,
        hasBias: hasBias, weightInitializer: .kaiming(fan: outputs), biasInitializer: .constant(0))
    }
    squeeze = gate("fc", channels, squeezed, hasBias: false)
    squeezeNorm = BatchNorm(&parameters, "\(name).attention.bn", channels: squeezed)
    channelGate = gate("channel_fc", squeezed, channels)
    filterGate = gate("filter_fc", squeezed, filters)
    placeGate = gate("spatial_fc", squeezed, side * side)
    candidateGate = gate("kernel_fc", squeezed, candidates)
  }

  /// What each patch attends to, all `[patches, …, 1, 1]`.
  struct Gates {
    var channels, filters, places, candidates: Tensor
  }

  func gates(_ x: Tensor, _ training: TrainingPass?) -> Gates {
    let colour = mean(x, over: [2, 3], keepingAxes: true)  // [patches, channels, 1, 1]
    let squeezed = relu(squeezeNorm(squeeze(colour), training))  // [patches, squeezed, 1, 1]
    return Gates(
      channels: sigmoid(channelGate(squeezed)), filters: sigmoid(filterGate(squeezed)),
      places: sigmoid(placeGate(squeezed)),
      candidates: softmax(candidateGate(squeezed), along: 1))
  }

  func callAsFunction(
    _ x: Tensor, epilogue: Epilogue = .none, _ training: TrainingPass?
  ) -> Tensor {
    convolution(
      x, kernels(for: x, training), window: Window(stride: Self.side), epilogue: epilogue)
  }

  /// The kernels of each patch, `[patches, filters, channels, side, side]`.
  func kernels(for x: Tensor, _ training: TrainingPass?) -> Tensor {
    let gates = gates(x, training)
    let sizes = weight.shape
    let (patches, channels, filters) = (x.shape[0], sizes[2], sizes[1])
    let mixed = matmul(
      gates.candidates.reshaped(to: [patches, sizes[0]]), weight.reshaped(to: [sizes[0], -1])
    ).reshaped(to: [patches, filters, channels, sizes[3], sizes[4]])
    // Gates on channels and filters act on the kernels, which are smaller than the images.
    return mixed * gates.places.reshaped(to: [patches, 1, 1, sizes[3], sizes[4]])
      * gates.channels.reshaped(to: [patches, 1, channels, 1, 1])
      * gates.filters.reshaped(to: [patches, filters, 1, 1, 1])
  }
}
