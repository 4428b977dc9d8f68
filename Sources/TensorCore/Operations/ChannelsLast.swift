import CKernels

// Convolutions in training. A pixel's channels lie side by side, in multiples of 16, so that windows
// are read where they lie and only a layer's weights are laid out anew. `PatchConvolutions` is the
// same for prediction, `convolution` is for any sizes.

/// Whether maps of so many channels can be convolved with their channels last.
public func fitsChannelsLast(_ channels: Int...) -> Bool {
  channels.allSatisfy { $0 > 0 && $0 % 16 == 0 }
}

/// ``convolution(_:_:bias:window:groups:epilogue:)`` without padding, channels last.
///
/// Shape: `x` is `[batch, height, width, channels]`, `weight` `[filters, channels, rows, columns]`,
/// `bias` `[filters]`; the result is `[batch, places, places, filters]`. Channels and filters must
/// be multiples of 16.
public func channelsLastConvolution(
  _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1
) -> Tensor {
  channelsLastConvolution(x, weight, bias: bias, stride: stride, level: eosin_tile_level())
}

/// The same; a `level` below the machine's is for tests.
func channelsLastConvolution(
  _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, level: Int
) -> Tensor {
  let g = ChannelsLastGeometry(x.shape, weight.shape, stride: stride, level: level)
  precondition(
    bias?.shape ?? [g.filters] == [g.filters],
    "bias of shape \(bias?.shape ?? []) for \(g.filters) filters")
  let result = forward(x, weight, bias, g)
  return result.made(
    from: x.source { [weight = weight.detached] in imageGradient(weight, $0, g) },
    weight.source { [x = x.detached] in weightGradient(x, $0, g) },
    bias?.source { columnSums($0.reshaped(to: [-1, g.filters])) })
}

/// The sizes of such a convolution, checked, and where its windows lie.
private struct ChannelsLastGeometry: Sendable {
  let batch, height, width, channels, filters, rows, columns: Int
  let outputHeight, outputWidth: Int
  let level: Int
  /// Where each window begins in an image, and where its rows begin after that.
  let places, starts: [Int]

  init(_ x: [Int], _ weight: [Int], stride: Int, level: Int) {
    precondition(
      x.count == 4 && weight.count == 4 && weight[1] == x[3] && weight[2] <= x[1]
        && weight[3] <= x[2] && fitsChannelsLast(weight[0], x[3]) && stride > 0,
      "kernels of \(weight) do not fit images of \(x), channels last, in multiples of 16")
    (batch, height, width, channels) = (x[0], x[1], x[2], x[3])
    (filters, rows, columns) = (weight[0], weight[2], weight[3])
    self.level = level
    let window = Window(stride: stride)
    outputHeight = window.places(rows, along: height)
    outputWidth = window.places(columns, along: width)
    let line = x[2] * x[3]
    let across = outputWidth
    places = (0..<outputHeight * across).map {
      ($0 / across * line + $0 % across * x[3]) * stride
    }
    starts = (0..<rows).map { $0 * line }
  }

  var imageSize: Int { height * width * channels }
  var outputSize: Int { places.count * filters }
  /// Numbers in one row of a window.
  var length: Int { columns * channels }
  var taps: Int { rows * length }

  /// Safety: what is passed lives no longer than the call.
  @unsafe func withWindows<Result>(_ body: (UnsafePointer<eosin_windows>) -> Result) -> Result {
    unsafe places.withUnsafeBufferPointer { places in
      unsafe starts.withUnsafeBufferPointer { starts in
        var windows = unsafe eosin_windows(
          places: places.baseAddress!, count: places.count, starts: starts.baseAddress!,
          runs: starts.count, length: length)  // The sizes were checked: neither is empty.
        return unsafe body(&windows)
      }
    }
  }
}

private func forward(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ g: ChannelsLastGeometry
) -> Tensor {
  let ordered = weight.detached.permuted([2, 3, 1, 0]).reshaped(to: [g.taps, g.filters])
  // Safety: the geometry checked all shapes; each item writes its own image.
  return unsafe x.withElements { x in
    unsafe filterPanels(ordered, level: g.level).withElements { panels in
      unsafe withElements(of: bias) { bias in
        unsafe g.withWindows { windows in
          unsafe Tensor(shape: [g.batch, g.outputHeight, g.outputWidth, g.filters]) { out in
            inParallel(g.batch) { images in
              for image in images {
                unsafe eosin_convolve(
                  g.level, x + image * g.imageSize, windows, panels, bias, false,
                  out + image * g.outputSize, g.filters)
              }
            }
          }
        }
      }
    }
  }
}

/// What each place passes to its window, laid out and then added up.
private func imageGradient(_ weight: Tensor, _ gradient: Tensor, _ g: ChannelsLastGeometry)
  -> Tensor
{
  let ordered = weight.permuted([0, 2, 3, 1]).reshaped(to: [g.filters, g.taps])
  let rows = (0..<g.places.count).map { $0 * g.filters }
  // Safety: as above; the columns have room for all windows of an image.
  return unsafe gradient.withElements { gradient in
    unsafe filterPanels(ordered, level: g.level).withElements { panels in
      unsafe g.withWindows { windows in
        unsafe rows.withUnsafeBufferPointer { rows in
          unsafe Tensor(shape: [g.batch, g.height, g.width, g.channels]) { out in
            inParallel(g.batch) { images in
              let columns = Storage(uninitialized: g.places.count * g.taps)
              var start = 0
              for image in images {
                unsafe withUnsafePointer(to: &start) { start in
                  var filters = unsafe eosin_windows(
                    places: rows.baseAddress!, count: rows.count, starts: start, runs: 1,
                    length: g.filters)  // There is a place, as the sizes were checked.
                  unsafe eosin_convolve(
                    g.level, gradient + image * g.outputSize, &filters, panels, nil, false,
                    columns.start, g.taps)
                }
                let target = unsafe out + image * g.imageSize
                unsafe target.initialize(repeating: 0, count: g.imageSize)
                unsafe eosin_add_windows(columns.start, target, windows)
              }
            }
          }
        }
      }
    }
  }
}

private func weightGradient(_ x: Tensor, _ gradient: Tensor, _ g: ChannelsLastGeometry) -> Tensor {
  // Each piece of the batch has a sum of its own; they are added in order.
  let pieces = max(min(Threads.count, g.batch), 1)
  let size = g.taps * g.filters
  // Safety: as above; each piece writes its own sum.
  let sums = unsafe x.withElements { x in
    unsafe gradient.withElements { gradient in
      unsafe g.withWindows { windows in
        unsafe Tensor(shape: [pieces, size]) { out in
          unsafe out.initialize(repeating: 0, count: pieces * size)
          forEachInParallel(pieces) { piece in
            for image in g.batch * piece / pieces..<g.batch * (piece + 1) / pieces {
              unsafe eosin_filter_gradient(
                g.level, x + image * g.imageSize, windows, gradient + image * g.outputSize,
                out + piece * size, g.filters)
            }
          }
        }
      }
    }
  }
  return sum(sums, over: [0]).reshaped(to: [g.rows, g.columns, g.channels, g.filters])
    .permuted([3, 2, 0, 1])
}

/// Convolution with one kernel a channel, channels last, at stride 1.
///
/// Shape: `x` is `[batch, height, width, channels]`, `weight` `[channels, 1, rows, columns]`, `bias`
/// `[channels]`; the result is `[batch, places, places, channels]`. Channels must be a multiple
/// of 16, and the padding less than the kernel.
public func channelsLastDepthwise(
  _ x: Tensor, _ weight: Tensor, bias: Tensor, padding: Int = 0
) -> Tensor {
  channelsLastDepthwise(x, weight, bias: bias, padding: padding, level: eosin_tile_level())
}

/// The same; a `level` below the machine's is for tests.
func channelsLastDepthwise(
  _ x: Tensor, _ weight: Tensor, bias: Tensor, padding: Int = 0, level: Int
) -> Tensor {
  let channels = x.shape[3]
  precondition(
    x.rank == 4 && fitsChannelsLast(channels) && weight.rank == 4 && weight.shape[0] == channels
      && weight.shape[1] == 1 && bias.shape == [channels] && padding < weight.shape[2]
      && padding < weight.shape[3] && weight.shape[2] <= x.shape[1] + 2 * padding
      && weight.shape[3] <= x.shape[2] + 2 * padding,
    "kernels of \(weight.shape) do not fit images of \(x.shape), channels last, in multiples of 16")
  let (rows, columns) = (weight.shape[2], weight.shape[3])
  let kernel = weight.detached.reshaped(to: [channels, rows * columns]).transposed()
  let result = correlated(
    x.detached, kernel, bias.detached, (rows, columns), (padding, padding), level)
  return result.made(
    from: x.source { gradient in
      // The kernel turned round, over the gradient with so much padding that the size is that of x.
      let taps = (0..<rows * columns).reversed()
      return correlated(
        gradient, gather(kernel, Array(taps)), .zeros([channels]), (rows, columns),
        (rows - 1 - padding, columns - 1 - padding), level)
    },
    weight.source { [x = x.detached] gradient in
      depthwiseWeightGradient(x, gradient, (rows, columns), padding).transposed()
        .reshaped(to: [channels, 1, rows, columns])
    },
    bias.source { columnSums($0.reshaped(to: [-1, channels])) })
}

/// `kernel` is `[rows · columns, channels]`.
private func correlated(
  _ x: Tensor, _ kernel: Tensor, _ bias: Tensor, _ size: (rows: Int, columns: Int),
  _ padding: (rows: Int, columns: Int), _ level: Int
) -> Tensor {
  // The kernels of `CKernels` pad both axes alike: what is too much along one is never looked at.
  let padded = padding.rows == padding.columns ? x : x.paddedImages(padding)
  let margin = padding.rows == padding.columns ? padding.rows : 0
  let w = depthwiseWindow(padded, size, margin)
  let channels = w.channels
  // Safety: the caller checked all shapes; each item writes its own image.
  return unsafe padded.withElements { x in
    unsafe kernel.withElements { kernel in
      unsafe bias.withElements { bias in
        unsafe Tensor(shape: [padded.shape[0], w.output_height, w.output_width, channels]) { out in
          inParallel(padded.shape[0]) { images in
            let room = Storage(uninitialized: w.paddedCount)
            for image in images {
              unsafe eosin_correlate_channels(
                level, x + image * w.height * w.width * channels, kernel, bias,
                out + image * w.output_height * w.output_width * channels, w, room.start)
            }
          }
        }
      }
    }
  }
}

/// The gradient of the kernel, `[rows · columns, channels]`.
private func depthwiseWeightGradient(
  _ x: Tensor, _ gradient: Tensor, _ size: (rows: Int, columns: Int), _ padding: Int
) -> Tensor {
  let w = depthwiseWindow(x, size, padding)
  let (batch, channels) = (x.shape[0], w.channels)
  let line = w.width * channels
  // Each piece of the batch has a sum of its own; they are added in order.
  let pieces = max(min(Threads.count, batch), 1)
  let count = size.rows * size.columns * channels
  // Safety: the caller checked all shapes; the room holds an image with its padding, which stays
  // zero; each piece writes its own sum.
  let sums = unsafe x.withElements { x in
    unsafe gradient.withElements { gradient in
      unsafe Tensor(shape: [pieces, count]) { out in
        unsafe out.initialize(repeating: 0, count: pieces * count)
        forEachInParallel(pieces) { piece in
          let room = Storage(zeros: w.paddedCount)
          for image in batch * piece / pieces..<batch * (piece + 1) / pieces {
            for y in 0..<w.height {
              let target = ((y + padding) * (w.width + 2 * padding) + padding) * channels
              unsafe (room.start + target).update(
                from: x + (image * w.height + y) * line, count: line)
            }
            unsafe eosin_correlate_channels_weight(
              room.start, gradient + image * w.output_height * w.output_width * channels,
              out + piece * count, w)
          }
        }
      }
    }
  }
  return sum(sums, over: [0]).reshaped(to: [size.rows * size.columns, channels])
}

private func depthwiseWindow(
  _ x: Tensor, _ size: (rows: Int, columns: Int), _ padding: Int
) -> eosin_window {
  let window = Window(padding: padding)
  return eosin_window(
    channels: x.shape[3], height: x.shape[1], width: x.shape[2], rows: size.rows,
    columns: size.columns, output_height: window.places(size.rows, along: x.shape[1]),
    output_width: window.places(size.columns, along: x.shape[2]), stride: 1, padding: padding,
    dilation: 1)
}

extension eosin_window {
  /// Numbers of an image with its padding.
  fileprivate var paddedCount: Int { (height + 2 * padding) * (width + 2 * padding) * channels }
}

extension Tensor {
  /// Images `[batch, height, width, channels]` with zeros around them.
  func paddedImages(_ padding: (rows: Int, columns: Int)) -> Tensor {
    padded(along: 1, before: padding.rows, total: shape[1] + 2 * padding.rows)
      .padded(along: 2, before: padding.columns, total: shape[2] + 2 * padding.columns)
  }
}
