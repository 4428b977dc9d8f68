import CKernels

/// How a window moves over an image, the same along both axes.
public struct Window: Sendable {
  /// Pixels from one place of the window to the next.
  public var stride: Int
  /// Rows and columns of zeros put around the image.
  public var padding: Int
  /// Pixels from one element of the window to the next.
  public var dilation: Int

  /// A window that moves by `stride` over an image with `padding` around it.
  public init(stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
    precondition(
      stride > 0 && padding >= 0 && dilation > 0,
      "no window has stride \(stride), padding \(padding) and dilation \(dilation)")
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// How many places a window of `side` elements has along an axis of `size` pixels.
  public func places(_ side: Int, along size: Int) -> Int {
    max((size + 2 * padding - dilation * (side - 1) - 1) / stride + 1, 0)
  }
}

/// What follows a convolution or a layer in the same pass over memory.
public enum Epilogue: Sendable {
  /// Nothing.
  case none
  /// `max(x, 0)`.
  case relu
  /// `x · Φ(x)`, as ``gelu(_:)``.
  case gelu
}

/// Cross-correlation of images with kernels: what networks call a convolution.
///
/// Shape: `x` is `[batch, channels, height, width]`, `weight` `[filters, channels / groups, rows,
/// columns]`, `bias` `[filters]`; the result is `[batch, filters, places, places]`. With a weight of
/// five axes, the first being the batch, each image has kernels of its own. Channels in groups see
/// filters of their group only; one channel a group takes a path of its own.
public func convolution(
  _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, window: Window = Window(), groups: Int = 1,
  epilogue: Epilogue = .none
) -> Tensor {
  if epilogue == .gelu {
    return gelu(convolution(x, weight, bias: bias, window: window, groups: groups))
  }
  let geometry = ConvolutionGeometry(x.shape, weight.shape, window, groups: groups)
  precondition(
    bias == nil || bias?.shape == [geometry.filters],
    "bias of \(bias?.shape ?? []) for \(geometry.filters) filters")
  let depthwise = geometry.isDepthwise
  let result =
    depthwise
    ? depthwiseForward(x, weight, bias, epilogue, geometry)
    : convolved(x, weight, bias, epilogue, geometry)
  /// What arrives before the epilogue.
  @Sendable func unfolded(_ gradient: Tensor) -> Tensor {
    epilogue == .relu ? gradient.zipped(result) { $1 > 0 ? $0 : 0 } : gradient
  }
  return result.made(
    from: x.source { [weight = weight.detached] gradient in
      let gradient = unfolded(gradient)
      return depthwise
        ? depthwiseImageGradient(weight, gradient, geometry)
        : convolutionImageGradient(weight, gradient, geometry)
    },
    weight.source { [x = x.detached] gradient in
      let gradient = unfolded(gradient)
      return depthwise
        ? depthwiseWeightGradient(x, gradient, geometry)
        : convolutionWeightGradient(x, gradient, geometry)
    },
    bias?.source { sum(unfolded($0), over: [0, 2, 3]) })
}

/// The same with each filter's sums multiplied by a number before the bias, `scale` being `[filters]`;
/// no gradients flow, and channels are not in groups.
func scaledConvolution(
  _ x: Tensor, _ weight: Tensor, scale: Tensor, bias: Tensor, window: Window, epilogue: Epilogue
) -> Tensor {
  let geometry = ConvolutionGeometry(x.shape, weight.shape, window, groups: 1)
  precondition(
    scale.shape == [geometry.filters] && bias.shape == scale.shape,
    "scale of \(scale.shape) and bias of \(bias.shape) for \(geometry.filters) filters")
  let result = convolved(x, weight, scale: scale, bias, epilogue, geometry)
  return epilogue == .gelu ? gelu(result) : result
}

/// The sizes of a convolution, checked.
struct ConvolutionGeometry: Sendable {
  let batch, channels, height, width: Int
  let filters, rows, columns, groups: Int
  let outputHeight, outputWidth: Int
  let window: Window
  let hasOwnKernels: Bool
  let weightShape: [Int]

  init(_ x: [Int], _ weight: [Int], _ window: Window, groups: Int) {
    precondition(x.count == 4, "convolution takes [batch, channels, height, width], not \(x)")
    hasOwnKernels = weight.count == 5
    precondition(
      weight.count == 4 || hasOwnKernels && weight[0] == x[0],
      "kernels of shape \(weight) do not fit images of \(x)")
    let kernels = Array(weight.suffix(4))
    precondition(
      groups > 0 && x[1] == kernels[1] * groups && kernels[0] % groups == 0,
      "\(groups) groups of kernels \(weight) do not fit images of \(x)")
    (batch, channels, height, width) = (x[0], x[1], x[2], x[3])
    (filters, rows, columns) = (kernels[0], kernels[2], kernels[3])
    (self.groups, self.window, weightShape) = (groups, window, weight)
    outputHeight = window.places(rows, along: height)
    outputWidth = window.places(columns, along: width)
  }

  var groupChannels: Int { channels / groups }
  var groupFilters: Int { filters / groups }
  var places: Int { outputHeight * outputWidth }
  /// Elements of one filter: the length of the sums.
  var taps: Int { groupChannels * rows * columns }
  var imageSize: Int { channels * height * width }
  var outputShape: [Int] { [batch, filters, outputHeight, outputWidth] }
  var isDepthwise: Bool { groupChannels == 1 && groupFilters == 1 && !hasOwnKernels }
  /// Where an image's kernels begin.
  func kernelOffset(_ image: Int) -> Int { hasOwnKernels ? image * filters * taps : 0 }

  /// Whether the image itself is the matrix to multiply with.
  var isPointwise: Bool {
    rows == 1 && columns == 1 && window.stride == 1 && window.padding == 0
  }

  /// Whether the weights are the most that is to be read, and places enough to fill panels.
  var hasFewPlaces: Bool {
    groups == 1 && !hasOwnKernels && places > 0 && batch * places <= 128 && filters >= 128
      && taps > 0 && panelsPay(rows: batch * places)
  }

  /// The convolution over this one's gradient that gives the image's; nil where there is no such.
  var turned: ConvolutionGeometry? {
    let padding = window.dilation * (rows - 1) - window.padding
    guard window.stride == 1, groups == 1, !hasOwnKernels, rows == columns, padding >= 0,
      outputHeight > 0, outputWidth > 0
    else { return nil }
    return ConvolutionGeometry(
      outputShape, [channels, filters, rows, columns],
      Window(padding: padding, dilation: window.dilation), groups: 1)
  }

  /// Sizes as the kernels of `CKernels` take them, for some channels.
  func shape(channels: Int) -> eosin_window {
    eosin_window(
      channels: channels, height: height, width: width, rows: rows, columns: columns,
      output_height: outputHeight, output_width: outputWidth, stride: window.stride,
      padding: window.padding, dilation: window.dilation)
  }
}
