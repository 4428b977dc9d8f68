import TensorCore

/// Shrinks each capsule's length into `0..<1` and keeps its direction.
///
/// `squash(s) = (1 − e^−‖s‖) · s / ‖s‖`, over the last axis.
/// Shape: `[spots, capsules, dimensions]` in and out. Unitless.
///
/// Source: Efficient-CapsNet (Mazzia et al., Sci. Rep. 2021).
/// Departure: not the `‖s‖² / (1 + ‖s‖²)` of Sabour et al. 2017, eq. 1; THItoGene's own code
/// takes this one. A zero capsule gives zero, never NaN, and its gradient is zero.
func squash(_ capsules: Tensor) -> Tensor {
  let lengths = norm(capsules)  // [spots, capsules, 1]
  // As 1 − 1 / eⁿ, the authors' form, to round as theirs does where n is small.
  let shrunk = 1 - 1 / (exp(lengths) + 1e-20)
  return capsules * (shrunk / (lengths + 1e-20))
}

/// Sends each primary capsule to all routed ones, weighed by how well it agrees with the others.
///
/// `u = p W`, `c = softmax(u · Σ u / √z) + b` over the routed capsules, `squash(Σ c u)`.
/// Shape: `[spots, primary, 8]` to `[spots, routed, z]`.
///
/// Source: Efficient-CapsNet; THItoGene eq. 5 to 7. Departure, as the released code has it: the
/// root is that of the routed capsules' width `z`, where eq. 7 has the primary capsules'.
struct CapsuleRouting: Sendable {
  let weight: Tensor  // [routed, primary, 8, z]
  let bias: Tensor  // [routed, primary, 1]

  init(
    _ parameters: inout Parameters, _ name: String, routed: Int, width: Int, primary: Int,
    primaryWidth: Int
  ) {
    weight = parameters.take(
      "\(name).W", [routed, primary, primaryWidth, width],
      .kaiming(fan: primary * primaryWidth * width))
    bias = parameters.take("\(name).b", [routed, primary, 1], .constant(0))
  }

  func callAsFunction(_ capsules: Tensor) -> Tensor {
    routedCapsules(capsules, weight: weight, bias: bias)
  }

  /// The same as single operations, which the other is tested against.
  func stepByStep(_ capsules: Tensor) -> Tensor {
    let (spots, sizes) = (capsules.shape[0], weight.shape)
    let (routed, primary, width) = (sizes[0], sizes[1], sizes[3])
    // One product for each primary capsule, for all routed ones together.
    let kernels = weight.permuted([1, 2, 0, 3])  // [primary, 8, routed, z]
      .reshaped(to: [primary, sizes[2], routed * width])
    let votes = matmul(capsules.permuted([1, 0, 2]), kernels)  // [primary, spots, routed · z]
      .reshaped(to: [primary, spots, routed, width])
    let total = sum(votes, over: [0], keepingAxes: true)  // [1, spots, routed, z]
    let agreement = sum(votes * total, over: [3]) * (1 / Float(width).squareRoot())
    let shares = softmax(agreement, along: 2)  // [primary, spots, routed]
    let weights = shares + bias.permuted([1, 2, 0])  // [primary, spots, routed]
    let weighed = votes * weights.reshaped(to: [primary, spots, routed, 1])
    return squash(sum(weighed, over: [0]))  // [spots, routed, z]
  }
}
