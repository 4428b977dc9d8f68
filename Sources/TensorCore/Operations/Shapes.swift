import CKernels

extension Tensor {
  /// The same elements in the same order under another shape, without copying; one size may be -1
  /// and is worked out.
  public func reshaped(to shape: [Int]) -> Tensor {
    var shape = shape
    if let open = shape.firstIndex(of: -1) {
      let others = shape.enumerated().reduce(1) { $1.offset == open ? $0 : $0 * $1.element }
      precondition(others > 0 && count % others == 0, "\(self.shape) does not become \(shape)")
      shape[open] = count / others
    }
    precondition(shape.reduce(1, *) == count, "\(self.shape) does not become \(shape)")
    if shape == self.shape { return self }
    return Tensor(shape: shape, storage: storage).made(
      from: source { [original = self.shape] in $0.reshaped(to: original) })
  }

  /// The axes in another order: axis `order[i]` of this tensor becomes axis `i`.
  public func permuted(_ order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(shape.indices), "\(order) does not order \(shape)")
    var strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    strides = order.map { strides[$0] }
    let permuted = order.map { shape[$0] }
    let result = transposedBlocks(order) ?? rearranged(into: permuted, strides: strides)
    return result.made(
      from: source { [inverse = order.inverted] in $0.permuted(inverse) })
  }

  /// Two axes exchanged, the last two unless others are named.
  public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
    var order = Array(shape.indices)
    order.swapAt(axis(first), axis(second))
    return permuted(order)
  }

  /// The part of an axis that lies in `range`; without copying if no axis of more than one entry
  /// comes before it.
  public func slice(_ range: Range<Int>, along axis: Int) -> Tensor {
    let axis = self.axis(axis)
    let (outer, size, inner) = sizes(around: axis)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= size, "\(range) is not within \(shape)[\(axis)]")
    var part = shape
    part[axis] = range.count
    let result: Tensor
    if outer == 1 {
      let elements = range.lowerBound * inner..<range.upperBound * inner
      result = Tensor(shape: part, storage: storage.part(elements))
    } else {
      // Safety: each of `outer` rows copies range.count · inner elements from within its row.
      result = unsafe withElements { x in
        unsafe Tensor(shape: part) { out in
          for row in 0..<outer {
            unsafe (out + row * range.count * inner).initialize(
              from: x + (row * size + range.lowerBound) * inner, count: range.count * inner)
          }
        }
      }
    }
    return result.made(
      from: source { $0.padded(along: axis, before: range.lowerBound, total: size) })
  }

  /// The axis cut into parts of the given sizes.
  public func split(_ sizes: [Int], along axis: Int) -> [Tensor] {
    precondition(
      sizes.reduce(0, +) == shape[self.axis(axis)], "\(sizes) do not add up to \(shape)[\(axis)]")
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return slice(start..<start + size, along: axis)
    }
  }

  /// The axis lengthened to `total`, this tensor's entries from `before` on and zeros around them.
  public func padded(along axis: Int, before: Int, total: Int) -> Tensor {
    let axis = self.axis(axis)
    let (outer, size, inner) = sizes(around: axis)
    precondition(before >= 0 && before + size <= total, "\(size) from \(before) exceed \(total)")
    var whole = shape
    whole[axis] = total
    // Safety: each of `outer` rows of total · inner elements gets size · inner of them.
    let result = unsafe withElements { x in
      unsafe Tensor(shape: whole) { out in
        unsafe out.initialize(repeating: 0, count: outer * total * inner)
        for row in 0..<outer {
          unsafe (out + (row * total + before) * inner).update(
            from: x + row * size * inner, count: size * inner)
        }
      }
    }
    return result.made(from: source { $0.slice(before..<before + size, along: axis) })
  }

  /// The elements in another order of axes where that exchanges two runs of neighbouring axes after
  /// some that stay, as when the channels of images go last: matrices to transpose.
  private func transposedBlocks(_ order: [Int]) -> Tensor? {
    let staying = order.indices.first { order[$0] != $0 } ?? rank
    guard staying < rank else { return nil }
    let cut = order[staying]
    guard order[staying...].elementsEqual(Array(cut..<rank) + Array(staying..<cut)) else {
      return nil
    }
    let count = shape[..<staying].reduce(1, *)
    let (rows, columns) = (shape[staying..<cut].reduce(1, *), shape[cut...].reduce(1, *))
    let size = rows * columns
    // Safety: `count` matrices of that size in both.
    return unsafe withElements { x in
      unsafe Tensor(shape: order.map { shape[$0] }) { out in
        inParallel(count, smallest: max(smallestPiece / max(size, 1), 1)) { piece in
          for block in piece {
            let start = block * size
            unsafe eosin_transpose(x + start, columns, out + start, rows, rows, columns)
          }
        }
      }
    }
  }

  /// Elements read at `strides`, one for each axis of `shape`.
  private func rearranged(into shape: [Int], strides: [Int]) -> Tensor {
    let (size, step) = (shape.last ?? 1, strides.last ?? 1)
    let rows = shape.dropLast().reduce(1, *)
    // Safety: `permuted`, the only caller, gives the strides of all axes, so that every offset is
    // that of an element.
    return unsafe withElements { x in
      unsafe Tensor(shape: shape) { out in
        inParallel(rows, smallest: max(smallestPiece / max(size, 1), 1)) { piece in
          for row in piece {
            var offset = 0
            var rest = row
            for axis in shape.indices.dropLast().reversed() {
              offset += rest % shape[axis] * strides[axis]
              rest /= shape[axis]
            }
            for i in 0..<size { unsafe out[row * size + i] = x[offset + i * step] }
          }
        }
      }
    }
  }
}

/// Tensors laid end to end along an axis; they agree in all other axes.
public func concatenate(_ parts: [Tensor], along axis: Int) -> Tensor {
  precondition(!parts.isEmpty, "nothing to concatenate")
  let axis = parts[0].axis(axis)
  let total = parts.reduce(0) { $0 + $1.shape[axis] }
  var shape = parts[0].shape
  for part in parts {
    shape[axis] = part.shape[axis]
    precondition(part.shape == shape, "shapes \(parts.map(\.shape)) differ beyond axis \(axis)")
  }
  shape[axis] = total
  let (outer, _, inner) = parts[0].sizes(around: axis)
  // Safety: together the parts fill each of `outer` rows of total · inner elements.
  let result = unsafe Tensor(shape: shape) { out in
    var start = 0
    for part in parts {
      let width = part.shape[axis] * inner
      unsafe part.withElements { x in
        for row in 0..<outer {
          unsafe (out + row * total * inner + start).initialize(from: x + row * width, count: width)
        }
      }
      start += width
    }
  }
  var start = 0
  let sources = parts.map { part in
    let range = start..<start + part.shape[axis]
    start = range.upperBound
    return part.source { $0.slice(range, along: axis) }
  }
  return result.made(from: sources)
}

/// Tensors of one shape side by side along a new first axis.
public func stack(_ parts: [Tensor]) -> Tensor {
  concatenate(parts.map { $0.reshaped(to: [1] + $0.shape) }, along: 0)
}

extension [Int] {
  /// The order of axes that undoes this one.
  fileprivate var inverted: [Int] {
    indices.map { axis in firstIndex(of: axis)! }  // A permutation.
  }
}
