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

/// The same with each filter's sums multiplied by a number before the bias, `scale` being `[filters]`;
/// no gradients flow, and channels are not in groups.
func scaledConvolution(
  _ x: Tensor, _ weight: Tensor, scale: Tensor, bias: Tensor, window: Window, epilogue: Epilogue
) -> Tensor {
  let geometry = ConvolutionGeometry(x.shape, weight.shape, window, groups: 1)
  precondition(
    scale.shape == [geometry.filters] && bias.shape == scale.shape,
    "scale of \(scale.shape) and bias of \(bias.shape) for \(geometry.filters) filters")
  let result = forward(x, weight, scale: scale, bias, epilogue, geometry)
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

// An image's windows are laid out as the columns of a matrix [taps, places], so that a convolution
// is a matrix product. Work is shared out by image, by rows of the output and, where there are few of
// both, by filters; each thread lays out a few channels at a time, a matrix small enough for its cache.

/// Elements of the matrix of columns that a thread works with at a time.
private let columnBudget = 1 << 17

/// Into how many parts the work of a convolution is cut along each way.
private struct ConvolutionCuts {
  /// Of the output's rows: such that products are wide, while the results of one stay in the cache.
  let strips: Int
  /// Of the filters of a group: as many as give every thread something to do.
  let filterBlocks: Int
  /// Of the channels of a group: as many as let columns fit their budget.
  let channelBlocks: Int
  /// Elements of the largest matrix of columns.
  let columnCount: Int

  init(_ g: ConvolutionGeometry) {
    let enough = g.batch * g.groups >= Threads.count ? 1 : min(Threads.count, g.places / 256)
    strips = max(min(max(g.places / 512, enough), g.outputHeight), 1)
    let items = max(g.batch * g.groups * strips, 1)
    filterBlocks = max(min((Threads.count + items - 1) / items, g.groupFilters / 16), 1)
    let places = (g.outputHeight + strips - 1) / strips * g.outputWidth
    let channels = max(columnBudget / max(g.rows * g.columns * places, 1), 1)
    channelBlocks = g.isPointwise ? 1 : max((g.groupChannels + channels - 1) / channels, 1)
    columnCount =
      g.isPointwise
      ? 0 : (g.groupChannels + channelBlocks - 1) / channelBlocks * g.rows * g.columns * places
  }
}

private func forward(
  _ x: Tensor, _ weight: Tensor, scale: Tensor? = nil, _ bias: Tensor?, _ epilogue: Epilogue,
  _ g: ConvolutionGeometry
) -> Tensor {
  if g.hasFewPlaces { return layered(x, weight, scale: scale, bias, epilogue, g) }
  let cuts = ConvolutionCuts(g)
  // Safety: `ConvolutionGeometry` checked all shapes; each item writes its own strip of its own
  // filters.
  return unsafe x.withElements { x in
    unsafe weight.withElements { w in
      unsafe withElements(of: scale) { scale in
        unsafe withElements(of: bias) { bias in
          unsafe Tensor(shape: g.outputShape) { out in
            withSingleThreadedBLAS {
              inParallel(g.batch * g.groups * cuts.strips * cuts.filterBlocks) { items in
                let room = Storage(uninitialized: cuts.columnCount)
                for item in items {
                  unsafe convolve(
                    ConvolutionItem(item, g, cuts), x, w, scale, bias, epilogue, g, cuts,
                    room.start, into: out)
                }
              }
            }
          }
        }
      }
    }
  }
}

/// A strip of the output of some filters of one image.
private struct ConvolutionItem {
  let image, group: Int
  let rows, filters: Range<Int>

  init(_ item: Int, _ g: ConvolutionGeometry, _ cuts: ConvolutionCuts) {
    let (strip, block) = (item / cuts.filterBlocks % cuts.strips, item % cuts.filterBlocks)
    let part = item / cuts.filterBlocks / cuts.strips
    (image, group) = (part / g.groups, part % g.groups)
    rows = g.outputHeight * strip / cuts.strips..<g.outputHeight * (strip + 1) / cuts.strips
    let first = group * g.groupFilters
    filters =
      first + g.groupFilters * block / cuts.filterBlocks..<first + g.groupFilters * (block + 1)
      / cuts.filterBlocks
  }
}

/// Safety: the pointers reach what the geometry says, `room` the columns of the cuts.
@unsafe private func convolve(
  _ item: ConvolutionItem, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
  _ scale: UnsafePointer<Float>?, _ bias: UnsafePointer<Float>?, _ epilogue: Epilogue,
  _ g: ConvolutionGeometry, _ cuts: ConvolutionCuts, _ room: UnsafeMutablePointer<Float>,
  into out: UnsafeMutablePointer<Float>
) {
  let (plane, kernel) = (g.height * g.width, g.rows * g.columns)
  let count = item.rows.count * g.outputWidth
  let offset = item.rows.lowerBound * g.outputWidth
  let part = unsafe x + item.image * g.imageSize + item.group * g.groupChannels * plane
  let own = unsafe w + g.kernelOffset(item.image) + item.filters.lowerBound * g.taps
  let target =
    unsafe out + (item.image * g.filters + item.filters.lowerBound) * g.places + offset
  for block in 0..<cuts.channelBlocks {
    let first = g.groupChannels * block / cuts.channelBlocks
    let channels = g.groupChannels * (block + 1) / cuts.channelBlocks - first
    let columns: Matrix
    if g.isPointwise {
      unsafe columns = Matrix(part + first * plane + offset, stride: g.places)
    } else {
      unsafe eosin_columns(
        part + first * plane, room, g.shape(channels: channels), item.rows.lowerBound,
        item.rows.upperBound)
      unsafe columns = Matrix(UnsafePointer(room), stride: count)
    }
    unsafe multiply(
      Matrix(own + first * kernel, stride: g.taps), columns, into: target, stride: g.places,
      (item.filters.count, count, channels * kernel), adding: block > 0)
  }
  unsafe eosin_scale_and_shift(
    target, scale.map { unsafe $0 + item.filters.lowerBound },
    bias.map { unsafe $0 + item.filters.lowerBound }, item.filters.count, count, g.places,
    epilogue == .relu)
}

/// The same where kernels are many and places few: as a layer, whose weights are read where they lie.
private func layered(
  _ x: Tensor, _ weight: Tensor, scale: Tensor?, _ bias: Tensor?, _ epilogue: Epilogue,
  _ g: ConvolutionGeometry
) -> Tensor {
  // Safety: `ConvolutionGeometry` checked all shapes; each item writes the columns of its channel.
  let columns = unsafe x.withElements { x in
    unsafe Tensor(shape: [g.batch, g.taps, g.places]) { out in
      inParallel(g.batch * g.channels) { items in
        for item in items {
          unsafe eosin_columns(
            x + item * g.height * g.width, out + item * g.rows * g.columns * g.places,
            g.shape(channels: 1), 0, g.outputHeight)
        }
      }
    }
  }
  let rows = columns.transposed().reshaped(to: [g.batch * g.places, g.taps])
  let result = tiledLayer(rows, weight.reshaped(to: [g.filters, g.taps]))
    .reshaped(to: [g.batch, g.places, g.filters]).transposed()  // [batch, filters, places]
  // Safety: batch · filters rows of that many places, in memory that nobody else has yet.
  unsafe withElements(of: scale) { scale in
    unsafe withElements(of: bias) { bias in
      for image in 0..<g.batch {
        unsafe eosin_scale_and_shift(
          result.storage.start + image * g.filters * g.places, scale, bias, g.filters, g.places,
          g.places, epilogue == .relu)
      }
    }
  }
  return result.reshaped(to: g.outputShape)
}

private func imageGradient(_ weight: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry) -> Tensor
{
  if let turned = g.turned {
    // The kernels turned round and their channels exchanged with the filters, over the gradient.
    let taps = g.rows * g.columns
    let kernels = gather(
      weight.reshaped(to: [g.filters, g.channels, taps]).permuted([2, 1, 0]),
      Array((0..<taps).reversed()))  // [taps, channels, filters]
    return forward(
      gradient, kernels.permuted([1, 2, 0]).reshaped(to: turned.weightShape), nil, .none, turned)
  }
  return scatteredImageGradient(weight, gradient, g)
}

/// The same for any window, groups and kernels: what each place passes to its window is added up.
private func scatteredImageGradient(
  _ weight: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry
) -> Tensor {
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
  if g.groups == 1, !g.hasOwnKernels, g.channels >= 2 * Threads.count {
    return weightGradientByChannels(x, gradient, g)
  }
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

/// The same where there are many channels: each thread works on some of them, in all images.
private func weightGradientByChannels(
  _ x: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry
) -> Tensor {
  let kernel = g.rows * g.columns
  let most = max(min(g.channels / Threads.count, columnBudget / max(kernel * g.places, 1)), 1)
  let blocks = (g.channels + most - 1) / most
  // Safety: `ConvolutionGeometry` checked all shapes; each item writes the taps of its channels.
  return unsafe x.withElements { x in
    unsafe gradient.withElements { gradient in
      unsafe Tensor(shape: g.weightShape) { out in
        withSingleThreadedBLAS {
          inParallel(blocks) { items in
            let room = Storage(uninitialized: most * kernel * g.places)
            for block in items {
              let first = g.channels * block / blocks
              let channels = g.channels * (block + 1) / blocks - first
              for image in 0..<g.batch {
                unsafe eosin_columns(
                  x + image * g.imageSize + first * g.height * g.width, room.start,
                  g.shape(channels: channels), 0, g.outputHeight)
                unsafe multiply(
                  Matrix(gradient + image * g.filters * g.places, stride: g.places),
                  Matrix(room.start, stride: g.places, transposed: true),
                  into: out + first * kernel, stride: g.taps,
                  (g.filters, channels * kernel, g.places), adding: image > 0)
              }
            }
          }
        }
      }
    }
  }
}
