/// Each vector along the last axis divided by its length, or by `floor` where that is larger.
///
/// Shape: as `x`. A zero vector stays zero.
public func normalizedRows(_ x: Tensor, floor: Float = 1e-12) -> Tensor {
  x / clamp(norm(x), floor, .greatestFiniteMagnitude)
}
