import CKernels

// An image's windows are laid out as the columns of a matrix [taps, places], so that a convolution
// is a matrix product. Work is shared out by image, by rows of the output and, where there are few of
// both, by filters; each thread lays out a few channels at a time, a matrix small enough for its cache.

/// Elements of the matrix of columns that a thread works with at a time.
let columnBudget = 1 << 17

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

/// `epilogue(scale · convolution + bias)`; no gradients flow.
func convolved(
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
