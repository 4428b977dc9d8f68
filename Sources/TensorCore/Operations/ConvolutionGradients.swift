import CKernels

// Gradients of convolutions, of images and of kernels.

func convolutionImageGradient(_ weight: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry)
  -> Tensor
{
  if let turned = g.turned {
    // The kernels turned round and their channels exchanged with the filters, over the gradient.
    let taps = g.rows * g.columns
    let kernels = gather(
      weight.reshaped(to: [g.filters, g.channels, taps]).permuted([2, 1, 0]),
      Array((0..<taps).reversed()))  // [taps, channels, filters]
    return convolved(
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

func convolutionWeightGradient(_ x: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry) -> Tensor
{
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
