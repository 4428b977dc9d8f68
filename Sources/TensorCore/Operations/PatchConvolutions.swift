import CKernels

/// Convolutions of many patches, each patch going through all of them while its maps are in the
/// cache: for prediction, no gradients flow.
///
/// Between the layers a pixel's channels lie side by side, 16 or a multiple of it with zeros after
/// the last. The same patch gives the same numbers in whichever company.
public struct PatchConvolutions: Sendable {
  /// The maps after the last layer added.
  private var channels, height, width: Int
  /// Whether a gradient is wanted of a layer's weights, for which this is not the way.
  public private(set) var isTracked = false
  private let patchShape: [Int]
  private let level: Int
  private var layers: [Layer] = []
  /// The largest maps of all, and the largest with their padding.
  private var largest = 0
  private var largestPadded = 0

  private enum Layer: Sendable {
    case product(Product)
    case channels(Channels)
    case gelu(count: Int)
    case scale(Tensor, Tensor, rows: Int)
    case remember(count: Int)
    case addRemembered(count: Int)
  }

  /// Takes patches `[patches, channels, height, width]`; a `level` below the machine's is for tests.
  public init(channels: Int, height: Int, width: Int) {
    self.init(channels: channels, height: height, width: width, level: eosin_tile_level())
  }

  init(channels: Int, height: Int, width: Int, level: Int) {
    (self.channels, self.height, self.width, self.level) = (channels, height, width, level)
    patchShape = [channels, height, width]
  }

  /// Adds a convolution without padding, `weight` `[filters, channels, rows, columns]`; or, with a
  /// weight of five axes, one with kernels of each patch's own.
  public mutating func convolve(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, epilogue: Epilogue = .none
  ) {
    let sizes = Array(weight.shape.suffix(4))
    precondition(
      sizes.count == 4 && sizes[1] == channels && sizes[2] <= height && sizes[3] <= width
        && bias?.shape ?? [sizes[0]] == [sizes[0]],
      "kernels of \(weight.shape) do not fit maps of \([channels, height, width])")
    isTracked = isTracked || weight.isTracked || bias?.isTracked ?? false
    let window = Window(stride: stride)
    let places = (window.places(sizes[2], along: height), window.places(sizes[3], along: width))
    layers.append(
      .product(
        Product(
          weight, bias: bias, (height, width), places, stride: stride,
          isPlanar: layers.isEmpty, cutsNegatives: epilogue == .relu, level: level)))
    (channels, height, width) = (sizes[0], places.0, places.1)
    finish(epilogue)
  }

  /// Adds a convolution with one kernel a channel, `weight` `[channels, 1, rows, columns]`.
  public mutating func convolveChannels(
    _ weight: Tensor, bias: Tensor, padding: Int = 0, epilogue: Epilogue = .none
  ) {
    precondition(
      !layers.isEmpty && weight.rank == 4 && weight.shape[0] == channels && weight.shape[1] == 1
        && bias.shape == [channels] && weight.shape[2] <= height + 2 * padding
        && weight.shape[3] <= width + 2 * padding,
      "kernels of \(weight.shape) do not fit maps of \([channels, height, width])")
    isTracked = isTracked || weight.isTracked || bias.isTracked
    let (rows, columns) = (weight.shape[2], weight.shape[3])
    let window = Window(padding: padding)
    let places = (window.places(rows, along: height), window.places(columns, along: width))
    layers.append(
      .channels(
        Channels(
          kernels: weight.reshaped(to: [channels, rows * columns]).padded(
            along: 0, before: 0, total: padded(channels)
          ).transposed(),
          bias: bias.padded(along: 0, before: 0, total: padded(channels)),
          window: eosin_window(
            channels: padded(channels), height: height, width: width, rows: rows, columns: columns,
            output_height: places.0, output_width: places.1, stride: 1, padding: padding,
            dilation: 1))))
    largestPadded = max(
      largestPadded, padded(channels) * (height + 2 * padding) * (width + 2 * padding))
    (height, width) = places
    finish(epilogue)
  }

  /// Keeps the maps as they are here, for ``addRemembered()``.
  public mutating func remember() { layers.append(.remember(count: count)) }

  /// Adds the maps last kept, which must have the same size.
  public mutating func addRemembered() { layers.append(.addRemembered(count: count)) }

  /// Multiplies each channel by a number and adds another, `[channels]` each.
  public mutating func scale(_ scale: Tensor, _ shift: Tensor) {
    precondition(
      scale.shape == [channels] && shift.shape == [channels],
      "scales of \(scale.shape) for \(channels) channels")
    isTracked = isTracked || scale.isTracked || shift.isTracked
    let total = padded(channels)
    layers.append(
      .scale(
        scale.padded(along: 0, before: 0, total: total),
        shift.padded(along: 0, before: 0, total: total), rows: height * width))
  }

  /// Convolves patches: `[patches, channels, height, width]`, the last three those of the last layer.
  public func callAsFunction(_ patches: Tensor) -> Tensor {
    precondition(
      Array(patches.shape.dropFirst()) == patchShape && !layers.isEmpty,
      "patches of \(patches.shape) for convolutions of \(patchShape)")
    for case .product(let product) in layers { product.check(patches: patches.shape[0]) }
    let size = patchShape.reduce(1, *)
    let places = height * width
    // Safety: every layer was checked against the maps before it, and the room holds the largest of
    // all; each item writes its own patch.
    return unsafe patches.withElements { patches_ in
      unsafe Tensor(shape: [patches.shape[0], channels, height, width]) { out in
        forEachInParallel(patches.shape[0]) { patch in
          let room = Storage(uninitialized: 3 * largest + largestPadded)
          let maps = unsafe run(patches_ + patch * size, patch, in: room.start)
          let target = unsafe out + patch * channels * places
          let stride = padded(channels)
          for channel in 0..<channels {
            for place in 0..<places {
              unsafe target[channel * places + place] = maps[place * stride + channel]
            }
          }
        }
      }
    }
  }

  /// Runs one patch through all layers; the result lies in `room`.
  ///
  /// Safety: the caller promises a patch of `patchShape`, and room for three of the largest maps and
  /// the largest padded one.
  @unsafe private func run(
    _ patch: UnsafePointer<Float>, _ index: Int, in room: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    var source = unsafe patch
    var (target, next) = unsafe (room, room + largest)
    let (kept, padded) = unsafe (room + 2 * largest, room + 3 * largest)
    for layer in layers {
      switch layer {
      case .product(let product): unsafe product.run(source, index, target, level: level)
      case .channels(let channels): unsafe channels.run(source, target, padded, level: level)
      case .gelu(let count): unsafe eosin_gelu(source, target, count)
      case .scale(let scale, let shift, let rows):
        unsafe scale.withElements { scale in
          unsafe shift.withElements { shift_ in
            unsafe eosin_scale_rows(source, scale, shift_, target, rows, shift.count)
          }
        }
      case .remember(let count):
        unsafe kept.update(from: source, count: count)
        continue
      case .addRemembered(let count): unsafe eosin_add(source, kept, target, count)
      }
      unsafe source = UnsafePointer(target)
      unsafe swap(&target, &next)
    }
    return unsafe source
  }

  private var count: Int { padded(channels) * height * width }

  private mutating func finish(_ epilogue: Epilogue) {
    largest = max(largest, count)
    if epilogue == .gelu { layers.append(.gelu(count: count)) }
  }
}

/// The next multiple of 16.
private func padded(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }

/// A convolution as products of windows with filters.
private struct Product: Sendable {
  let filters: Int
  /// Panels for all patches, or for each.
  let panels: Tensor
  let bias: Tensor
  let places, starts: [Int]
  let length: Int
  let cutsNegatives: Bool

  init(
    _ weight: Tensor, bias: Tensor?, _ size: (height: Int, width: Int),
    _ places: (rows: Int, columns: Int), stride: Int, isPlanar: Bool, cutsNegatives: Bool,
    level: Int
  ) {
    let sizes = Array(weight.shape.suffix(4))
    let (channels, rows, columns) = (sizes[1], sizes[2], sizes[3])
    filters = padded(sizes[0])
    self.cutsNegatives = cutsNegatives
    // A planar image, as patches come: a run is one row of one channel's window. Otherwise a pixel's
    // channels lie side by side, and a run is a row of the window with all of them.
    let pixel = isPlanar ? 1 : padded(channels)
    let line = size.width * pixel
    self.places = (0..<places.rows).flatMap { row in
      (0..<places.columns).map { (row * line + $0 * pixel) * stride }
    }
    length = columns * pixel
    starts =
      isPlanar
      ? (0..<channels).flatMap { channel in
        (0..<rows).map { (channel * size.height + $0) * size.width }
      } : (0..<rows).map { $0 * line }
    let all = weight.reshaped(to: [-1] + sizes).padded(along: 1, before: 0, total: filters)
    let ordered =
      isPlanar
      ? all.permuted([0, 2, 3, 4, 1])  // [patches, channels, rows, columns, filters]
      : all.padded(along: 2, before: 0, total: pixel).permuted([0, 3, 4, 2, 1])
    let panel = eosin_filter_panel(level, filters)
    let taps = starts.count * length
    panels = ordered.reshaped(to: [-1, taps, filters / panel, panel]).permuted([0, 2, 1, 3])
    self.bias = (bias ?? .zeros([sizes[0]])).padded(along: 0, before: 0, total: filters)
  }

  private var panelSize: Int { panels.count / panels.shape[0] }

  func check(patches: Int) {
    precondition(
      panels.shape[0] == 1 || panels.shape[0] == patches,
      "kernels for \(panels.shape[0]) patches do not fit \(patches)")
  }

  /// Safety: the caller promises an image of the size given, and room for its maps.
  @unsafe func run(
    _ image: UnsafePointer<Float>, _ patch: Int, _ out: UnsafeMutablePointer<Float>, level: Int
  ) {
    let own = panels.shape[0] == 1 ? 0 : patch * panelSize
    unsafe places.withUnsafeBufferPointer { places in
      unsafe starts.withUnsafeBufferPointer { starts in
        unsafe panels.withElements { panels in
          unsafe bias.withElements { bias in
            var windows = unsafe eosin_windows(
              places: places.baseAddress!, count: places.count, starts: starts.baseAddress!,
              runs: starts.count, length: length)  // Neither is empty: `convolve` checked.
            unsafe eosin_convolve(
              level, image, &windows, panels + own, bias, cutsNegatives, out, filters)
          }
        }
      }
    }
  }
}

/// A convolution with one kernel a channel.
private struct Channels: Sendable {
  let kernels: Tensor  // [rows · columns, channels]
  let bias: Tensor
  let window: eosin_window

  /// Safety: the caller promises an image of the window's size, and room for the maps and the padded
  /// image.
  @unsafe func run(
    _ image: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
    _ padded: UnsafeMutablePointer<Float>, level: Int
  ) {
    unsafe kernels.withElements { kernels in
      unsafe bias.withElements { bias in
        unsafe eosin_correlate_channels(level, image, kernels, bias, out, window, padded)
      }
    }
  }
}
