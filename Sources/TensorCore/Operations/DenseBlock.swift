import CKernels

/// A layer of a densely connected block, made ready for prediction: it reads all maps before it and
/// adds some of its own.
///
/// `convolution(max(convolution(max(x · scale + shift, 0), narrowing) + bias, 0), growing)`, the
/// first convolution of single pixels and the second of 3 × 3 with a margin of zeros.
public struct DenseLayer: Sendable {
  fileprivate let channels, narrow, growth: Int
  fileprivate let scale, shift: Tensor
  private let narrowing, growing, bias: Tensor

  /// - Parameters:
  ///   - scale: what each channel is multiplied with, and `shift` what is then added: `[channels]`.
  ///   - narrowing: `[narrow, channels, 1, 1]`, and its bias `[narrow]`.
  ///   - growing: `[growth, narrow, 3, 3]`.
  public init(scale: Tensor, shift: Tensor, narrowing: Tensor, bias: Tensor, growing: Tensor) {
    channels = scale.count
    (narrow, growth) = (narrowing.shape[0], growing.shape[0])
    precondition(
      scale.shape == shift.shape && narrowing.shape == [narrow, channels, 1, 1]
        && bias.shape == [narrow] && growing.shape == [growth, narrow, 3, 3],
      "a scale of \(scale.shape), a shift of \(shift.shape), kernels of \(narrowing.shape) and "
        + "\(growing.shape) and a bias of \(bias.shape) do not fit each other")
    (self.scale, self.shift) = (scale.detached, shift.detached)
    (self.narrowing, self.bias, self.growing) = (narrowing, bias, growing)
  }

  /// Numbers of a pixel between the two convolutions.
  fileprivate var pixel: Int { (narrow + 15) / 16 * 16 }

  fileprivate func products(
    line: Int, level: Int
  ) -> (narrowing: WindowProduct, growing: WindowProduct) {
    (
      WindowProduct(
        narrowing, bias: bias, pixel: channels, line: 0, cutsNegatives: true, level: level),
      WindowProduct(growing, pixel: pixel, line: line, cutsNegatives: false, level: level)
    )
  }
}

/// A densely connected block in prediction, channels last: each layer's maps are laid beside all
/// those before them, which are never copied.
///
/// Shape: `x` is `[batch, height, width, channels]`; the result has the layers' growth more channels.
///
/// Source: DenseNet (Huang et al., CVPR 2017), section 3, with bottlenecks.
public func denseBlock(_ x: Tensor, _ layers: [DenseLayer]) -> Tensor {
  denseBlock(x, layers, level: eosin_tile_level())
}

/// The same; a `level` below the machine's is for tests.
func denseBlock(_ x: Tensor, _ layers: [DenseLayer], level: Int) -> Tensor {
  let block = DensePlan(x.shape, layers, level: level)
  // Safety: the plan checked all shapes; each group writes its own images.
  return unsafe x.withElements { x in
    unsafe Tensor(shape: [block.batch, block.height, block.width, block.total]) { out in
      forEachInParallel((block.batch + block.group - 1) / block.group) { group in
        let first = group * block.group
        let count = min(block.group, block.batch - first) * block.height * block.width
        let start = first * block.height * block.width
        unsafe block.run(x + start * block.channels, out + start * block.total, pixels: count)
      }
    }
  }
}

/// A block's sizes, checked, and where its pixels lie.
private struct DensePlan: Sendable {
  let batch, height, width, channels, total: Int
  /// Images worked on together: small ones share what is read of the weights.
  let group: Int
  private let layers: [DenseLayer]
  private let products: [(narrowing: WindowProduct, growing: WindowProduct)]
  /// Numbers of a pixel, and of a row of pixels, between the convolutions of a layer.
  private let pixel, line: Int
  /// Where the window of each pixel of a group begins there, and where the pixel is in the result.
  private let windows, pixels: [Int]

  init(_ x: [Int], _ layers: [DenseLayer], level: Int) {
    precondition(x.count == 4, "a block takes [batch, height, width, channels], not \(x)")
    let (height, width) = (x[1], x[2])
    (batch, self.height, self.width, channels, self.layers) = (x[0], height, width, x[3], layers)
    var total = channels
    let pixel = layers.first?.pixel ?? 0
    for layer in layers {
      precondition(
        layer.channels == total && layer.pixel == pixel,
        "a layer for \(layer.channels) channels follows \(total), or differs from the first")
      total += layer.growth
    }
    let line = (width + 2) * pixel
    (self.total, self.pixel, self.line) = (total, pixel, line)
    let size = height * width
    group = max(1, min((batch + Threads.count - 1) / Threads.count, 392 / max(size, 1)))
    products = layers.map { $0.products(line: line, level: level) }
    windows = (0..<group * size).map { place in
      (place / size * (height + 2) + place % size / width) * line + place % width * pixel
    }
    pixels = (0..<group * size).map { $0 * total }
  }

  /// Safety: the caller promises so many pixels of whole images, no more than a group's, in both.
  @unsafe func run(
    _ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, pixels count: Int
  ) {
    let padded = Storage(zeros: group * (height + 2) * line)
    let roomCount = products.reduce(0) { max($0, $1.narrowing.roomCount, $1.growing.roomCount) }
    let room = Storage(uninitialized: roomCount)
    let rows = Storage(uninitialized: max(Self.budget, Self.fewest * total))
    unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe windows.withUnsafeBufferPointer { windows in
        guard let pixels = pixels.baseAddress, let windows = windows.baseAddress else { return }
        unsafe eosin_spread_rows(x, channels, out, pixels, count, channels)
        for (layer, product) in zip(layers, products) {
          // Into the middle of the padded maps: a row and a pixel after a window's beginning.
          unsafe narrow(
            layer, product.narrowing, out, count, into: padded.start + line + pixel, windows,
            rows.start, room.start)
          unsafe product.growing.run(
            padded.start, windows, count: count, into: out + layer.channels, pixels,
            room: room.start)
        }
      }
    }
  }

  /// Numbers of pixels made ready at a time, so that they stay in the cache with the weights, and
  /// pixels at least.
  private static let (budget, fewest) = (1 << 16, 60)

  /// Safety: as above, with room for the pixels that are made ready.
  @unsafe private func narrow(
    _ layer: DenseLayer, _ product: WindowProduct, _ maps: UnsafePointer<Float>, _ count: Int,
    into out: UnsafeMutablePointer<Float>, _ targets: UnsafePointer<Int>,
    _ rows: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>
  ) {
    let most = max(min(Self.budget / layer.channels / 30 * 30, 240), Self.fewest)
    let places = (0..<most).map { $0 * layer.channels }
    unsafe places.withUnsafeBufferPointer { places in
      unsafe layer.scale.withElements { scale in
        unsafe layer.shift.withElements { shift in
          for start in stride(from: 0, to: count, by: most) {
            let part = min(most, count - start)
            unsafe eosin_scale_cut_rows(
              maps + start * total, total, scale, shift, rows, part, layer.channels)
            unsafe product.run(
              rows, places.baseAddress!, count: part, into: out, targets + start, room: room)
          }
        }
      }
    }
  }
}
