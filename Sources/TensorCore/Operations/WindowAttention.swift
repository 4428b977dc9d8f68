import CKernels

/// Which tokens of a sequence attend to each other: windows of equal size, every token in one.
public struct TokenWindows: Sendable {
  /// The tokens of each window, one window after the other.
  let tokens: [Int]
  /// Where each token stands in that order.
  let places: [Int]
  /// How many tokens a window has.
  let size: Int
  /// Which bias each window takes.
  public let kinds: [Int]

  /// Windows as lists of tokens, and the bias that each of them takes.
  public init(_ windows: [[Int]], kinds: [Int]) {
    tokens = windows.flatMap(\.self)
    size = windows.first?.count ?? 0
    self.kinds = kinds
    precondition(
      size > 0 && windows.allSatisfy { [size] in $0.count == size } && kinds.count == windows.count
        && tokens.sorted() == Array(tokens.indices),
      "windows are of one size, have a bias each, and hold every token once")
    var places = tokens
    for (place, token) in tokens.enumerated() { places[token] = place }
    self.places = places
  }

  /// The order of the rows of a whole batch.
  fileprivate func repeated(_ order: [Int], batch: Int) -> [Int] {
    (0..<batch).flatMap { image in order.map { image * tokens.count + $0 } }
  }
}

/// Scaled dot-product attention within windows, with something added to each score.
///
/// `softmax(q kᵀ · scale + bias) v` for each head and window. Shape: `x` is
/// `[batch, tokens, 3 · heads · width]` as in ``attention(_:heads:scale:)``, `bias`
/// `[kinds, heads, size, size]`, queries before keys; the result is `[batch, tokens, heads · width]`,
/// tokens in the order they came in.
///
/// Source: Liu et al., ICCV 2021 (Swin), eq. 4.
public func windowAttention(
  _ x: Tensor, heads: Int, scale: Float, bias: Tensor, windows: TokenWindows
) -> Tensor {
  precondition(
    x.rank == 3 && x.shape[1] == windows.tokens.count && heads > 0 && x.shape[2] % (3 * heads) == 0
      && bias.rank == 4 && Array(bias.shape.dropFirst()) == [heads, windows.size, windows.size]
      && windows.kinds.allSatisfy { 0..<bias.shape[0] ~= $0 },
    "\(heads) heads in windows of \(windows.size) and a bias of \(bias.shape) do not fit \(x.shape)"
  )
  let width = x.shape[2] / (3 * heads)
  if !x.isTracked && !bias.isTracked && width % 16 == 0 {
    return attended(x, heads: heads, scale: scale, bias: bias, windows, level: eosin_tile_level())
  }
  let (batch, columns) = (x.shape[0], x.shape[2])
  let ordered = gather(
    x.reshaped(to: [-1, columns]), windows.repeated(windows.tokens, batch: batch))
  let mixed = attention(
    ordered.reshaped(to: [-1, windows.size, columns]), heads: heads, scale: scale, bias: bias,
    kinds: (0..<batch).flatMap { _ in windows.kinds })  // [batch · windows, size, inner]
  return gather(
    mixed.reshaped(to: [-1, columns / 3]), windows.repeated(windows.places, batch: batch)
  ).reshaped(to: [batch, -1, columns / 3])
}

/// The same without gradients, for heads whose width is a multiple of 16; a `level` below the
/// machine's is for tests.
///
/// Products this small are over before OpenBLAS has laid out its operands: here they are tiles of
/// `CKernels`, and queries are read where they lie.
func attended(
  _ x: Tensor, heads: Int, scale: Float, bias: Tensor, _ windows: TokenWindows, level: Int
) -> Tensor {
  let (batch, tokens) = (x.shape[0], x.shape[1])
  let work = WindowWork(
    heads: heads, size: windows.size, width: x.shape[2] / (3 * heads), scale: scale, level: level)
  let count = windows.kinds.count
  // Safety: `windowAttention` checked all shapes, and a `TokenWindows` holds every token once: each
  // item writes the rows of its own window.
  return unsafe x.withElements { x in
    unsafe bias.withElements { bias in
      unsafe Tensor(shape: [batch, tokens, work.inner]) { out in
        inParallel(batch * count) { items in
          let room = Storage(uninitialized: work.roomCount)
          for item in items {
            let (image, window) = (item / count, item % count)
            let own = windows.tokens[window * work.size..<(window + 1) * work.size]
            unsafe work.run(
              x + image * tokens * 3 * work.inner, Array(own),
              bias + windows.kinds[window] * heads * work.size * work.size,
              out + image * tokens * work.inner, room.start)
          }
        }
      }
    }
  }
}

/// The sizes of one window's work, and the work.
private struct WindowWork {
  let heads, size, width: Int
  let scale: Float
  let level: Int

  var inner: Int { heads * width }
  /// Scores of a query, with those of zeros that fill the last vector.
  var columns: Int { (size + 15) / 16 * 16 }
  /// Keys and what is mixed, keys in panels, values in panels, and scores.
  var roomCount: Int { columns * width * 3 + size * columns }

  /// All heads of one window.
  ///
  /// Safety: the caller promises an image of that layout, tokens within it, `heads` tables of bias,
  /// and `roomCount` numbers of room.
  @unsafe func run(
    _ x: UnsafePointer<Float>, _ tokens: [Int], _ bias: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>
  ) {
    let (rows, keys) = unsafe (room, room + columns * width)
    let values = unsafe keys + columns * width
    let scores = unsafe values + columns * width
    let places = tokens.map { $0 * 3 * inner }
    let lines = (0..<size).map { $0 * columns }
    for head in 0..<heads {
      let queries = unsafe x + head * width
      unsafe pack(queries + inner, places, rows, keys, values)
      unsafe convolve(queries, places, width, keys, scores, columns)  // [size, columns]
      unsafe eosin_softmax_biased_rows(
        scores, columns, bias + head * size * size, size, size, scale)
      unsafe convolve(scores, lines, size, values, rows, width)  // [size, width]
      for (row, token) in tokens.enumerated() {
        unsafe (out + token * inner + head * width).initialize(
          from: rows + row * width, count: width)
      }
    }
  }

  /// One head's keys as columns and its values as rows, both in panels.
  @unsafe private func pack(
    _ x: UnsafePointer<Float>, _ places: [Int], _ rows: UnsafeMutablePointer<Float>,
    _ keys: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>
  ) {
    let valuePanel = eosin_filter_panel(level, width)
    for (row, place) in places.enumerated() {
      unsafe (rows + row * width).update(from: x + place, count: width)
      let value = unsafe x + place + inner
      for start in stride(from: 0, to: width, by: valuePanel) {
        unsafe (values + start * size + row * valuePanel).update(
          from: value + start, count: valuePanel)
      }
    }
    unsafe (rows + size * width).update(repeating: 0, count: (columns - size) * width)
    let keyPanel = eosin_filter_panel(level, columns)
    for start in stride(from: 0, to: columns, by: keyPanel) {
      unsafe eosin_transpose(
        rows + start * width, width, keys + start * width, keyPanel, keyPanel, width)
    }
  }

  /// `[places, filters]`: rows of `length` numbers times panels.
  @unsafe private func convolve(
    _ x: UnsafePointer<Float>, _ places: [Int], _ length: Int, _ panels: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ filters: Int
  ) {
    var start = 0
    unsafe places.withUnsafeBufferPointer { places in
      unsafe withUnsafePointer(to: &start) { start in
        var windows = unsafe eosin_windows(
          places: places.baseAddress!, count: places.count, starts: start, runs: 1,
          length: length)  // A window has a token.
        unsafe eosin_convolve(level, x, &windows, panels, nil, false, out, filters)
      }
    }
  }
}
