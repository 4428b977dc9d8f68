import CKernels

/// Sends each primary capsule to all routed ones, weighed by how well it agrees with the others, and
/// squashes what arrives: all of THItoGene's routing in one pass. Gradients work the votes out again.
///
/// `u = p W`, `c = softmax(u · Σ u / √width) + b` over the routed capsules, `squash(Σ c u)`.
/// Shape: `capsules` is `[spots, primary, dimensions]`, `weight` `[routed, primary, dimensions,
/// width]`, `bias` `[routed, primary, 1]`; the result is `[spots, routed, width]`.
public func routedCapsules(_ capsules: Tensor, weight: Tensor, bias: Tensor) -> Tensor {
  let sizes = weight.shape
  precondition(
    sizes.count == 4 && Array(capsules.shape.dropFirst()) == [sizes[1], sizes[2]]
      && bias.shape == [sizes[0], sizes[1], 1],
    "capsules of \(capsules.shape) and a bias of \(bias.shape) do not fit a weight of \(sizes)")
  let (routed, primary, dimensions, width) = (sizes[0], sizes[1], sizes[2], sizes[3])
  let spots = capsules.shape[0]
  // Safety: all shapes as just checked; each piece writes its own spots, and has room of its own.
  let result = unsafe capsules.withElements { capsules in
    unsafe weight.withElements { weight in
      unsafe bias.withElements { bias in
        unsafe Tensor(shape: [spots, routed, width]) { out in
          inParallel(spots) { piece in
            let votes = Storage(uninitialized: 4 * routed * (primary + 1) * width)
            let shares = Storage(uninitialized: routed * primary)
            let first = piece.lowerBound
            unsafe eosin_route_capsules(
              capsules + first * primary * dimensions, weight, bias, out + first * routed * width,
              piece.count, routed, primary, dimensions, width, votes.start, shares.start)
          }
        }
      }
    }
  }
  return result.made(from: [capsules, weight, bias]) {
    [capsules = capsules.detached, weight = weight.detached, bias = bias.detached] in
    routingGradients(capsules, weight, bias, $0)
  }
}

/// The gradients of the capsules, of the weight and of the bias.
private func routingGradients(
  _ capsules: Tensor, _ weight: Tensor, _ bias: Tensor, _ gradient: Tensor
) -> [Tensor] {
  let (spots, sizes) = (capsules.shape[0], weight.shape)
  let (routed, primary, dimensions, width) = (sizes[0], sizes[1], sizes[2], sizes[3])
  // Each piece of the spots has sums of its own; they are added in order.
  let pieces = max(min(Threads.count, spots), 1)
  let (weights, biases) = (
    Tensor.zeros([pieces, weight.count]), Tensor.zeros([pieces, bias.count])
  )
  // Safety: all shapes as `routedCapsules` checked; each piece writes its own spots and sums, which
  // nobody else has yet, and has room of its own.
  let slopes = unsafe capsules.withElements { capsules in
    unsafe weight.withElements { weight_ in
      unsafe bias.withElements { bias_ in
        unsafe gradient.withElements { gradient in
          unsafe Tensor(shape: [spots, primary, dimensions]) { out in
            forEachInParallel(pieces) { piece in
              let first = spots * piece / pieces
              let votes = Storage(uninitialized: routed * (primary + 1) * width)
              let room = Storage(uninitialized: 2 * routed * primary + (routed + 2) * width)
              unsafe eosin_route_capsules_slope(
                capsules + first * primary * dimensions, weight_, bias_,
                gradient + first * routed * width, out + first * primary * dimensions,
                weights.storage.start + piece * weight.count,
                biases.storage.start + piece * bias.count,
                spots * (piece + 1) / pieces - first, routed, primary, dimensions, width,
                votes.start, room.start)
            }
          }
        }
      }
    }
  }
  return [
    slopes, sum(weights, over: [0]).reshaped(to: sizes),
    sum(biases, over: [0]).reshaped(to: bias.shape),
  ]
}
