import CKernels

/// Sends each primary capsule to all routed ones, weighed by how well it agrees with the others, and
/// squashes what arrives: all of THItoGene's routing in one pass, for prediction; no gradients flow.
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
  return unsafe capsules.withElements { capsules in
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
}
