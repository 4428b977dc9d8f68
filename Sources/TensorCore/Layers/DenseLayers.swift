// What a densely connected network's layers are in prediction: several of the layers of training in
// one pass.

extension DenseLayer {
  /// A normalization, a convolution of single pixels, a second normalization and a convolution of 3 × 3
  /// by running statistics, all negative numbers cut to 0 after each normalization.
  public init(
    _ norm: BatchNorm, _ narrowing: Convolution, normalizedBy second: BatchNorm,
    _ growing: Convolution
  ) {
    let (scale, shift) = norm.scaleAndShift
    let folded = narrowing.folded(second)
    self.init(
      scale: scale, shift: shift, narrowing: folded.weight, bias: folded.bias,
      growing: growing.weight)
  }
}

extension Convolution {
  /// The layer on images `[batch, channels, height, width]`, the normalization after it and a cut of
  /// negative numbers: `[batch, places, places, filters]`. For prediction.
  public func ofImages(_ images: Tensor, normalizedBy norm: BatchNorm) -> Tensor {
    let folded = folded(norm)
    return imageConvolution(images, folded.weight, bias: folded.bias, window: window)
  }

  /// The layer without a bias on `[batch, height, width, channels]` and with any padding, channels
  /// last, for training; numbers of channels and filters may be any.
  public func channelsLastPadded(_ x: Tensor) -> Tensor {
    let (filters, channels) = (weight.shape[0], weight.shape[1])
    let margin = window.padding
    func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
    let images = x.padded(along: 3, to: rounded(channels)).paddedImages((margin, margin))
    let kernels = weight.padded(along: 1, to: rounded(channels))
      .padded(along: 0, to: rounded(filters))
    let result = channelsLastConvolution(images, kernels, stride: window.stride)
    return rounded(filters) == filters ? result : result.slice(0..<filters, along: 3)
  }
}

extension BatchNorm {
  /// The mean of each square of `side` pixels, normalized by running statistics and negative numbers
  /// cut to 0, channels last. For prediction.
  public func averaged(_ x: Tensor, side: Int) -> Tensor {
    let (scale, shift) = scaleAndShift
    return channelsLastAveragePool(x, side: side, scale: scale, shift: shift)
  }
}

extension Tensor {
  /// The axis lengthened by zeros at its end, if it is not long enough.
  fileprivate func padded(along axis: Int, to total: Int) -> Tensor {
    shape[axis] == total ? self : padded(along: axis, before: 0, total: total)
  }
}
