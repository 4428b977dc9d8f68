import CKernels
import COpenBLAS

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
    : forward(x, weight, bias, epilogue, geometry)
  /// What arrives before the epilogue.
  @Sendable func unfolded(_ gradient: Tensor) -> Tensor {
    epilogue == .relu ? gradient.zipped(result) { $1 > 0 ? $0 : 0 } : gradient
  }
  return result.made(
    from: x.source { [weight = weight.detached] gradient in
      let gradient = unfolded(gradient)
      return depthwise
        ? depthwiseImageGradient(weight, gradient, geometry)
        : imageGradient(weight, gradient, geometry)
    },
    weight.source { [x = x.detached] gradient in
      let gradient = unfolded(gradient)
      return depthwise
        ? depthwiseWeightGradient(x, gradient, geometry)
        : weightGradient(x, gradient, geometry)
    },
    bias?.source { sum(unfolded($0), over: [0, 2, 3]) })
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

  /// Sizes as the kernels of `CKernels` take them, for some channels.
  func shape(channels: Int) -> eosin_window {
    eosin_window(
      channels: channels, height: height, width: width, rows: rows, columns: columns,
      output_height: outputHeight, output_width: outputWidth, stride: window.stride,
      padding: window.padding, dilation: window.dilation)
  }
}

// An image's windows are laid out as the columns of a matrix [taps, places], so that a convolution
// is a matrix product. Work is shared out by image and, where there are few images, by rows of the
// output or by groups; each thread keeps one such matrix, small enough for its cache.

/// Elements of the matrix of columns that a thread works with at a time.
private let columnBudget = 1 << 17

private func forward(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ epilogue: Epilogue, _ g: ConvolutionGeometry
) -> Tensor {
  // Rows of output in a strip: as many as the budget allows, in strips of equal height.
  let most = max(min(columnBudget / max(g.taps * g.outputWidth, 1), g.outputHeight), 1)
  let enough = g.batch * g.groups >= Threads.count ? 1 : Threads.count
  let strips = max((g.outputHeight + most - 1) / most, min(enough, g.outputHeight))
  let bias = bias ?? Tensor(shape: [g.filters], repeating: 0)
  // Safety: `ConvolutionGeometry` checked all shapes; each item writes its own strip of its own
  // filters.
  return unsafe x.withElements { x in
    unsafe weight.withElements { w in
      unsafe bias.withElements { bias in
        unsafe Tensor(shape: g.outputShape) { out in
          withSingleThreadedBLAS {
            inParallel(g.batch * g.groups * strips) { items in
              let tallest = (g.outputHeight + strips - 1) / max(strips, 1)
              let storage = Storage(
                uninitialized: g.isPointwise ? 0 : g.taps * tallest * g.outputWidth)
              for item in items {
                let (image, group) = (item / strips / g.groups, item / strips % g.groups)
                let strip = item % strips
                let top = g.outputHeight * strip / strips
                let bottom = g.outputHeight * (strip + 1) / strips
                let count = (bottom - top) * g.outputWidth
                let part =
                  unsafe x + image * g.imageSize
                  + group * g.groupChannels * g.height * g.width
                let target =
                  unsafe out + (image * g.filters + group * g.groupFilters) * g.places
                  + top * g.outputWidth
                let columns: Matrix
                if g.isPointwise {
                  unsafe columns = Matrix(part + top * g.outputWidth, stride: g.places)
                } else {
                  unsafe eosin_columns(
                    part, storage.start, g.shape(channels: g.groupChannels), top, bottom)
                  unsafe columns = Matrix(storage.start, stride: count)
                }
                unsafe multiply(
                  Matrix(
                    w + g.kernelOffset(image) + group * g.groupFilters * g.taps, stride: g.taps),
                  columns, into: target, stride: g.places, (g.groupFilters, count, g.taps))
                unsafe eosin_add_bias(
                  target, bias + group * g.groupFilters, g.groupFilters, count, g.places,
                  epilogue == .relu)
              }
            }
          }
        }
      }
    }
  }
}

private func imageGradient(_ weight: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry) -> Tensor
{
  // Safety: as above; each item writes the channels of its group in its image.
  unsafe weight.withElements { w in
    unsafe gradient.withElements { gradient in
      unsafe Tensor(shape: [g.batch, g.channels, g.height, g.width]) { out in
        unsafe out.initialize(repeating: 0, count: g.batch * g.imageSize)
        withSingleThreadedBLAS {
          inParallel(g.batch * g.groups) { items in
            let columns = Storage(uninitialized: g.taps * g.places)
            for item in items {
              let (image, group) = (item / g.groups, item % g.groups)
              let offset = g.kernelOffset(image) + group * g.groupFilters * g.taps
              unsafe multiply(
                Matrix(w + offset, stride: g.taps, transposed: true),
                Matrix(gradient + item * g.groupFilters * g.places, stride: g.places),
                into: columns.start, stride: g.places, (g.taps, g.places, g.groupFilters))
              unsafe eosin_add_columns(
                columns.start, out + item * g.groupChannels * g.height * g.width,
                g.shape(channels: g.groupChannels))
            }
          }
        }
      }
    }
  }
}

private func weightGradient(_ x: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry) -> Tensor {
  // Each piece of the batch has a sum of its own; they are added in order.
  let pieces = g.hasOwnKernels ? g.batch : max(min(Threads.count, g.batch), 1)
  let size = g.filters * g.taps
  // Safety: as above; each piece writes its own sum.
  let sums = unsafe x.withElements { x in
    unsafe gradient.withElements { gradient in
      unsafe Tensor(shape: [pieces, size]) { out in
        unsafe out.initialize(repeating: 0, count: pieces * size)
        withSingleThreadedBLAS {
          forEachInParallel(pieces) { piece in
            let columns = Storage(uninitialized: g.taps * g.places)
            for image in g.batch * piece / pieces..<g.batch * (piece + 1) / pieces {
              for group in 0..<g.groups {
                unsafe eosin_columns(
                  x + image * g.imageSize + group * g.groupChannels * g.height * g.width,
                  columns.start, g.shape(channels: g.groupChannels), 0, g.outputHeight)
                unsafe multiply(
                  Matrix(
                    gradient + (image * g.filters + group * g.groupFilters) * g.places,
                    stride: g.places),
                  Matrix(columns.start, stride: g.places, transposed: true),
                  into: out + piece * size + group * g.groupFilters * g.taps, stride: g.taps,
                  (g.groupFilters, g.taps, g.places), adding: true)
              }
            }
          }
        }
      }
    }
  }
  return (g.hasOwnKernels ? sums : sum(sums, over: [0])).reshaped(to: g.weightShape)
}
