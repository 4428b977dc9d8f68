import CKernels

// Convolution with one filter for each channel. A matrix product would have one row, so each plane
// is worked on by itself, one element of the kernel after the other along whole rows.

func depthwiseForward(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ epilogue: Epilogue, _ g: ConvolutionGeometry
) -> Tensor {
  let bias = bias ?? Tensor(shape: [g.filters], repeating: 0)
  // Safety: `ConvolutionGeometry` checked all shapes; each item writes its own plane.
  return unsafe x.withElements { x in
    unsafe weight.withElements { w in
      unsafe bias.withElements { bias in
        unsafe Tensor(shape: g.outputShape) { out in
          inParallel(g.batch * g.channels) { planes in
            unsafe eosin_correlate_planes(
              x, w, out, bias, g.shape(channels: 1), planes.lowerBound, planes.count, g.channels,
              epilogue == .relu)
          }
        }
      }
    }
  }
}

func depthwiseImageGradient(
  _ weight: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry
) -> Tensor {
  // Safety: as above.
  unsafe weight.withElements { w in
    unsafe gradient.withElements { gradient in
      unsafe Tensor(shape: [g.batch, g.channels, g.height, g.width]) { out in
        unsafe out.initialize(repeating: 0, count: g.batch * g.imageSize)
        inParallel(g.batch * g.channels) { planes in
          for plane in planes {
            unsafe eosin_correlate_plane_back(
              gradient + plane * g.places, w + plane % g.channels * g.taps,
              out + plane * g.height * g.width, g.shape(channels: 1))
          }
        }
      }
    }
  }
}

func depthwiseWeightGradient(_ x: Tensor, _ gradient: Tensor, _ g: ConvolutionGeometry) -> Tensor {
  // Safety: as above; each item writes its own channel, adding up the images in order.
  unsafe x.withElements { x in
    unsafe gradient.withElements { gradient in
      unsafe Tensor(shape: g.weightShape) { out in
        unsafe out.initialize(repeating: 0, count: g.channels * g.taps)
        inParallel(g.channels) { channels in
          for channel in channels {
            for image in 0..<g.batch {
              let plane = image * g.channels + channel
              unsafe eosin_correlate_plane_weight(
                x + plane * g.height * g.width, gradient + plane * g.places,
                out + channel * g.taps, g.shape(channels: 1))
            }
          }
        }
      }
    }
  }
}
