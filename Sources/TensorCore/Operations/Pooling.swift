/// The largest element in each place of a window; padding never wins.
///
/// Shape: `[batch, channels, height, width]` to `[batch, channels, places, places]`. The gradient
/// goes to the first of equal elements.
public func maxPool(_ x: Tensor, side: Int, window: Window) -> Tensor {
  let pooling = Pooling(x.shape, side: side, window)
  let winners = pooling.winners(x)
  let flat = x.reshaped(to: [x.count])
  return gather(flat, winners).reshaped(to: pooling.outputShape)
}

/// The mean of the elements in each place of a window without padding.
///
/// Shape: `[batch, channels, height, width]` to `[batch, channels, places, places]`.
public func averagePool(_ x: Tensor, side: Int, stride: Int) -> Tensor {
  let (batch, channels) = (x.shape[0], x.shape[1])
  let planes = x.reshaped(to: [batch * channels, 1, x.shape[2], x.shape[3]])
  let kernel = Tensor(shape: [1, 1, side, side], repeating: 1 / Float(side * side))
  let means = convolution(planes, kernel, window: Window(stride: stride))
  return means.reshaped(to: [batch, channels, means.shape[2], means.shape[3]])
}

/// The mean of each channel over all pixels: `[batch, channels, height, width]` to
/// `[batch, channels]`.
public func globalAveragePool(_ x: Tensor) -> Tensor {
  mean(x, over: [2, 3])
}

/// Each pixel repeated `factor` times along both axes of `[batch, channels, height, width]`.
public func upsampleNearest(_ x: Tensor, factor: Int = 2) -> Tensor {
  let (planes, height, width) = (x.shape[0] * x.shape[1], x.shape[2], x.shape[3])
  let pixels = x.reshaped(to: [planes, height, 1, width, 1])
  let repeated = pixels + Tensor.zeros([1, 1, factor, 1, factor])  // [planes, h, f, w, f]
  return repeated.reshaped(to: [x.shape[0], x.shape[1], height * factor, width * factor])
}

/// `[batch, channels, height, width]` drawn larger or smaller, each pixel between its four nearest.
///
/// Pixels are squares whose centres are compared (PyTorch's `align_corners = false`), and the
/// border is continued outwards.
public func resizeBilinear(_ x: Tensor, height: Int, width: Int) -> Tensor {
  let planes = x.reshaped(to: [-1, x.shape[2], x.shape[3]])  // [planes, h, w]
  let rows = interpolation(from: x.shape[2], to: height)  // [height, h]
  let columns = interpolation(from: x.shape[3], to: width)  // [width, w]
  let wide = matmul(planes, columns, transposingSecond: true)  // [planes, h, width]
  let whole = matmul(wide.transposed(), rows, transposingSecond: true)  // [planes, width, height]
  return whole.transposed().reshaped(to: [x.shape[0], x.shape[1], height, width])
}

/// What each of `size` pixels takes of each of `original`, `[size, original]`: at most two shares.
private func interpolation(from original: Int, to size: Int) -> Tensor {
  var shares = Tensor.zeros([size, original])
  for pixel in 0..<size {
    let place = (Float(pixel) + 0.5) * Float(original) / Float(size) - 0.5
    let within = min(max(place, 0), Float(original - 1))
    let first = Int(within)
    let second = min(first + 1, original - 1)
    shares[pixel, first] += 1 - (within - Float(first))
    shares[pixel, second] += within - Float(first)
  }
  return shares
}

/// The sizes of a pooling, checked.
private struct Pooling {
  let batch, channels, height, width, side, rows, columns: Int
  let window: Window

  init(_ x: [Int], side: Int, _ window: Window) {
    precondition(x.count == 4, "pooling takes [batch, channels, height, width], not \(x)")
    precondition(
      window.padding * 2 <= window.dilation * (side - 1) + 1,
      "padding of \(window.padding) leaves windows of \(side) without a pixel")
    (batch, channels, height, width, self.side) = (x[0], x[1], x[2], x[3], side)
    self.window = window
    rows = window.places(side, along: x[2])
    columns = window.places(side, along: x[3])
  }

  var outputShape: [Int] { [batch, channels, rows, columns] }

  /// Where the largest element of each place lies.
  func winners(_ x: Tensor) -> [Int] {
    let planeSize = rows * columns
    var winners = [Int](repeating: 0, count: batch * channels * planeSize)
    // Safety: only pixels within the image are read.
    unsafe x.withElements { x in
      for place in winners.indices {
        let (plane, row, column) = (
          place / planeSize, place % planeSize / columns, place % columns
        )
        var (best, largest) = (-1, -Float.infinity)
        for i in 0..<side {
          let y = row * window.stride + i * window.dilation - window.padding
          guard (0..<height).contains(y) else { continue }
          for j in 0..<side {
            let z = column * window.stride + j * window.dilation - window.padding
            guard (0..<width).contains(z) else { continue }
            let pixel = (plane * height + y) * width + z
            let value = unsafe x[pixel]
            if best < 0 || value > largest { (best, largest) = (pixel, value) }
          }
        }
        winners[place] = best
      }
    }
    return winners
  }
}
