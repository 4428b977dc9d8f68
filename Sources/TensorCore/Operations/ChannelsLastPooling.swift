import CKernels

// Pooling of maps whose channels lie side by side.

/// The largest element in each place of a window, channels last; padding never wins.
///
/// Shape: `[batch, height, width, channels]` to `[batch, places, places, channels]`. The gradient
/// goes to the first of equal elements, row by row.
public func channelsLastMaxPool(_ x: Tensor, side: Int, window: Window = Window()) -> Tensor {
  precondition(
    window.padding < side && window.dilation == 1,
    "padding of \(window.padding) and dilation of \(window.dilation) for windows of \(side)")
  let pool = ChannelsLastPool(x.shape, side: side, window)
  // Safety: the pool's sizes are those of x; each item writes its own image.
  let result = unsafe x.withElements { x in
    unsafe Tensor(shape: pool.outputShape) { out in
      inParallel(pool.batch) { images in
        for image in images {
          unsafe eosin_largest_channels(
            x + image * pool.imageSize, out + image * pool.outputSize, pool.window)
        }
      }
    }
  }
  return result.made(
    from: x.source { [x = x.detached] gradient in
      unsafe x.withElements { x in
        unsafe result.withElements { result in
          unsafe pool.slopes(gradient) { image, gradient, slopes in
            let room = Storage(uninitialized: pool.window.channels)
            // Safety: as above, the gradient being shaped as the result.
            unsafe eosin_largest_channels_slope(
              x + image * pool.imageSize, result + image * pool.outputSize, gradient, slopes,
              room.start, pool.window)
          }
        }
      }
    })
}

/// The mean of each square of `side` pixels, side by side from the first on, channels last.
///
/// Shape: `[batch, height, width, channels]` to `[batch, places, places, channels]`; rows and columns
/// that fill no square are left out.
public func channelsLastAveragePool(_ x: Tensor, side: Int) -> Tensor {
  let pool = ChannelsLastPool(x.shape, side: side, Window(stride: side))
  return pool.means(x, nil, nil).made(
    from: x.source { gradient in
      unsafe pool.slopes(gradient) { _, gradient, slopes in
        // Safety: the gradient is shaped as the result.
        unsafe eosin_mean_channels_slope(gradient, slopes, pool.window)
      }
    })
}

/// The same of `max(x · scale + shift, 0)`, `[channels]` each: a normalization and what follows it in
/// one pass. For prediction: no gradients flow.
public func channelsLastAveragePool(
  _ x: Tensor, side: Int, scale: Tensor, shift: Tensor
) -> Tensor {
  let pool = ChannelsLastPool(x.shape, side: side, Window(stride: side))
  precondition(
    scale.shape == [pool.window.channels] && shift.shape == scale.shape,
    "a scale of \(scale.shape) and a shift of \(shift.shape) do not fit maps of \(x.shape)")
  return pool.means(x, scale, shift)
}

/// The sizes of such a pooling, checked.
private struct ChannelsLastPool: Sendable {
  let batch: Int
  let window: eosin_window

  init(_ x: [Int], side: Int, _ window: Window) {
    precondition(x.count == 4, "pooling takes [batch, height, width, channels], not \(x)")
    batch = x[0]
    self.window = eosin_window(
      channels: x[3], height: x[1], width: x[2], rows: side, columns: side,
      output_height: window.places(side, along: x[1]),
      output_width: window.places(side, along: x[2]), stride: window.stride,
      padding: window.padding, dilation: 1)
  }

  var imageSize: Int { window.height * window.width * window.channels }
  var outputSize: Int { window.output_height * window.output_width * window.channels }
  var outputShape: [Int] {
    [batch, window.output_height, window.output_width, window.channels]
  }

  func means(_ x: Tensor, _ scale: Tensor?, _ shift: Tensor?) -> Tensor {
    // Safety: the sizes are those of x; each item writes its own image.
    unsafe x.withElements { x in
      unsafe withElements(of: scale) { scale in
        unsafe withElements(of: shift) { shift in
          unsafe Tensor(shape: outputShape) { out in
            inParallel(batch) { images in
              for image in images {
                unsafe eosin_mean_channels(
                  x + image * imageSize, scale, shift, out + image * outputSize, window)
              }
            }
          }
        }
      }
    }
  }

  /// The gradient of the images, from what `add` adds for each.
  ///
  /// Safety: the caller promises to write to its image's slopes alone.
  @unsafe func slopes(
    _ gradient: Tensor,
    _ add: (_ image: Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    unsafe gradient.withElements { gradient in
      unsafe Tensor(shape: [batch, window.height, window.width, window.channels]) { out in
        inParallel(batch) { images in
          for image in images {
            let slopes = unsafe out + image * imageSize
            unsafe slopes.initialize(repeating: 0, count: imageSize)
            unsafe add(image, gradient + image * outputSize, slopes)
          }
        }
      }
    }
  }
}
