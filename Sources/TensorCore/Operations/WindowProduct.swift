import CKernels

/// A convolution over maps whose channels lie side by side, made ready to be done many times in
/// prediction; its results are laid wherever they belong.
struct WindowProduct: Sendable {
  /// Places worked on at a time, so that their results stay in the cache: a multiple of the heights
  /// of all tiles.
  private static let chunk = 240
  /// Numbers that ``run(_:_:_:count:into:_:room:)`` needs room for.
  var roomCount: Int { Self.chunk * width }

  private let level: Int
  /// Filters, and those with the next multiple of 16, which tiles make.
  let filters, width: Int
  private let length: Int
  private let starts: [Int]
  private let panels, bias: Tensor
  private let cutsNegatives: Bool

  /// - Parameters:
  ///   - weight: `[filters, channels, rows, columns]`.
  ///   - pixel: how many numbers lie from a pixel to the next, at least the channels; those beyond
  ///     count as nothing.
  ///   - line: how many lie from a row of pixels to the next.
  init(
    _ weight: Tensor, bias: Tensor? = nil, pixel: Int, line: Int, cutsNegatives: Bool, level: Int
  ) {
    let (channels, rows, columns) = (weight.shape[1], weight.shape[2], weight.shape[3])
    filters = weight.shape[0]
    width = (filters + 15) / 16 * 16
    length = columns * pixel
    starts = (0..<rows).map { $0 * line }
    precondition(
      channels <= pixel && bias?.shape ?? [filters] == [filters],
      "kernels of \(weight.shape) and a bias of \(bias?.shape ?? []) for pixels of \(pixel)")
    let matrix = weight.detached.padded(along: 1, before: 0, total: pixel)
      .padded(along: 0, before: 0, total: width)
      .permuted([2, 3, 1, 0]).reshaped(to: [rows * length, width])
    panels = filterPanels(matrix, level: level)
    self.bias = (bias?.detached ?? .zeros([filters])).padded(along: 0, before: 0, total: width)
    (self.cutsNegatives, self.level) = (cutsNegatives, level)
  }

  /// Multiplies the window at each of `places` in `maps`, and lays the filters' sums from
  /// `targets` on in `out`.
  ///
  /// Safety: the caller promises that every window lies within the maps, that there is space for the
  /// sums at every target, and room for ``roomCount`` numbers.
  @unsafe func run(
    _ maps: UnsafePointer<Float>, _ places: UnsafePointer<Int>, count: Int,
    into out: UnsafeMutablePointer<Float>, _ targets: UnsafePointer<Int>,
    room: UnsafeMutablePointer<Float>
  ) {
    unsafe starts.withUnsafeBufferPointer { starts in
      unsafe panels.withElements { panels in
        unsafe bias.withElements { bias in
          for first in stride(from: 0, to: count, by: Self.chunk) {
            let count = min(Self.chunk, count - first)
            var windows = unsafe eosin_windows(
              places: places + first, count: count, starts: starts.baseAddress!,
              runs: starts.count, length: length)  // A kernel has a row.
            unsafe eosin_convolve(level, maps, &windows, panels, bias, cutsNegatives, room, width)
            unsafe eosin_spread_rows(room, width, out, targets + first, count, filters)
          }
        }
      }
    }
  }
}

/// A matrix `[sums, columns]` as `eosin_convolve` reads it, columns being a multiple of 16.
func filterPanels(_ matrix: Tensor, level: Int) -> Tensor {
  let (sums, columns) = (matrix.shape[0], matrix.shape[1])
  let panel = eosin_filter_panel(level, columns)
  return matrix.reshaped(to: [sums, columns / panel, panel]).permuted([1, 0, 2])
}
