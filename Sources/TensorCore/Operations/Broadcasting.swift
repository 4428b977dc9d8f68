// Two tensors of different shapes, made to fit: axes are matched from the last, and an axis that is
// missing or of size 1 is repeated.

/// The shape of two broadcast tensors together.
func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int] {
  let rank = max(a.count, b.count)
  let (left, right) = (aligned(a, to: rank), aligned(b, to: rank))
  return zip(left, right).map { x, y in
    precondition(x == y || x == 1 || y == 1, "shapes \(a) and \(b) do not broadcast")
    return x == 1 ? y : x
  }
}

private func aligned(_ shape: [Int], to rank: Int) -> [Int] {
  Array(repeating: 1, count: rank - shape.count) + shape
}

/// One group of neighbouring axes along which both operands behave alike.
private struct AxisGroup {
  var size: Int
  /// How far each operand moves at a step: 0 where it is repeated.
  var steps: (Int, Int)
}

/// The axes of the result in as few groups as possible, the last axis in the last group.
private func axisGroups(_ a: [Int], _ b: [Int], result: [Int]) -> [AxisGroup] {
  let (left, right) = (aligned(a, to: result.count), aligned(b, to: result.count))
  var groups: [AxisGroup] = []
  var strides = (1, 1)
  for axis in result.indices.reversed() where result[axis] != 1 {
    let steps = (left[axis] == 1 ? 0 : strides.0, right[axis] == 1 ? 0 : strides.1)
    if let last = groups.last, steps == (last.steps.0 * last.size, last.steps.1 * last.size) {
      groups[groups.count - 1].size *= result[axis]
    } else {
      groups.append(AxisGroup(size: result[axis], steps: steps))
    }
    strides = (strides.0 * left[axis], strides.1 * right[axis])
  }
  return groups.isEmpty ? [AxisGroup(size: 1, steps: (0, 0))] : groups.reversed()
}

/// Each pair of elements of two broadcast tensors put through `function`.
@inline(__always)
func broadcast(_ a: Tensor, _ b: Tensor, _ function: (Float, Float) -> Float) -> Tensor {
  if a.shape == b.shape { return a.zipped(b, function) }
  let shape = broadcastShape(a.shape, b.shape)
  let groups = axisGroups(a.shape, b.shape, result: shape)
  let inner = groups[groups.count - 1]
  let outer = groups.dropLast()
  let rows = outer.reduce(1) { $0 * $1.size }
  // Safety: every group's steps stay within the operand, as the shapes were just matched, and
  // rows · inner.size is the size of the result.
  return unsafe a.withElements { a in
    unsafe b.withElements { b in
      unsafe Tensor(shape: shape) { out in
        inParallel(rows, smallest: max(smallestPiece / max(inner.size, 1), 1)) { piece in
          for row in piece {
            var offsets = (0, 0)
            var rest = row
            for group in outer.reversed() {
              offsets.0 += rest % group.size * group.steps.0
              offsets.1 += rest % group.size * group.steps.1
              rest /= group.size
            }
            let (x, y) = unsafe (a + offsets.0, b + offsets.1)
            let z = unsafe out + row * inner.size
            switch inner.steps {
            case (1, 1): for i in 0..<inner.size { unsafe z[i] = function(x[i], y[i]) }
            case (1, 0): for i in 0..<inner.size { unsafe z[i] = function(x[i], y[0]) }
            case (0, 1): for i in 0..<inner.size { unsafe z[i] = function(x[0], y[i]) }
            default:
              for i in 0..<inner.size {
                unsafe z[i] = function(x[i * inner.steps.0], y[i * inner.steps.1])
              }
            }
          }
        }
      }
    }
  }
}

extension Tensor {
  /// The gradient of an operand of shape `shape`, when this is that of the broadcast result: the
  /// sum over everything the operand was repeated along.
  func summed(to shape: [Int]) -> Tensor {
    if self.shape == shape { return self }
    let original = aligned(shape, to: rank)
    let axes = self.shape.indices.filter { original[$0] == 1 && self.shape[$0] != 1 }
    return sum(self, over: axes, keepingAxes: true).reshaped(to: shape)
  }
}
