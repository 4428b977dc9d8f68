import CKernels

/// Convolution of images of few channels, as a network's first layer, with its results' channels
/// last: `max(convolution + bias, 0)`. For prediction: no gradients flow.
///
/// Shape: `images` is `[batch, channels, height, width]`, `weight` `[filters, channels, rows,
/// columns]`, `bias` `[filters]`; the result is `[batch, places, places, filters]`.
public func imageConvolution(
  _ images: Tensor, _ weight: Tensor, bias: Tensor, window: Window
) -> Tensor {
  imageConvolution(images, weight, bias: bias, window: window, level: eosin_tile_level())
}

/// The same; a `level` below the machine's is for tests.
func imageConvolution(
  _ images: Tensor, _ weight: Tensor, bias: Tensor, window: Window, level: Int
) -> Tensor {
  let g = ConvolutionGeometry(images.shape, weight.shape, window, groups: 1)
  precondition(
    window.dilation == 1 && !g.hasOwnKernels, "kernels of \(weight.shape) and \(window)")
  let (height, width) = (g.height + 2 * window.padding, g.width + 2 * window.padding)
  let line = width * g.channels
  let product = WindowProduct(
    weight, bias: bias, pixel: g.channels, line: line, cutsNegatives: true, level: level)
  let places = (0..<g.places).map { place in
    (place / max(g.outputWidth, 1) * line + place % max(g.outputWidth, 1) * g.channels)
      * window.stride
  }
  let targets = (0..<g.places).map { $0 * g.filters }
  // Safety: the geometry checked the shapes, so that every window lies within the padded image; each
  // item writes its own image.
  return unsafe images.withElements { images in
    unsafe places.withUnsafeBufferPointer { places in
      unsafe targets.withUnsafeBufferPointer { targets in
        unsafe Tensor(shape: [g.batch, g.outputHeight, g.outputWidth, g.filters]) { out in
          guard let places = places.baseAddress, let targets = targets.baseAddress else { return }
          inParallel(g.batch) { items in
            let padded = Storage(zeros: height * line)
            let room = Storage(uninitialized: product.roomCount)
            for item in items {
              unsafe lay(
                images + item * g.imageSize, g,
                padded.start + (window.padding * width + window.padding) * g.channels, line)
              unsafe product.run(
                padded.start, places, count: g.places,
                into: out + item * g.places * g.filters, targets, room: room.start)
            }
          }
        }
      }
    }
  }
}

/// Lays an image's channels side by side, its rows `line` apart.
///
/// Safety: the caller promises an image of the geometry's size, and as much space.
@unsafe private func lay(
  _ image: UnsafePointer<Float>, _ g: ConvolutionGeometry, _ out: UnsafeMutablePointer<Float>,
  _ line: Int
) {
  for channel in 0..<g.channels {
    for row in 0..<g.height {
      let source = unsafe image + (channel * g.height + row) * g.width
      let target = unsafe out + row * line + channel
      for column in 0..<g.width { unsafe target[column * g.channels] = source[column] }
    }
  }
}
