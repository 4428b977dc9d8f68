extension Tensor {
  /// The element-wise sum, broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    broadcast(a, b) { $0 + $1 }.made(
      from: a.source { [shape = a.shape] in $0.summed(to: shape) },
      b.source { [shape = b.shape] in $0.summed(to: shape) })
  }

  /// The element-wise difference, broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    broadcast(a, b) { $0 - $1 }.made(
      from: a.source { [shape = a.shape] in $0.summed(to: shape) },
      b.source { [shape = b.shape] in -$0.summed(to: shape) })
  }

  /// The element-wise product, broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    broadcast(a, b) { $0 * $1 }.made(
      from: a.source { [shape = a.shape, b = b.detached] in ($0 * b).summed(to: shape) },
      b.source { [shape = b.shape, a = a.detached] in ($0 * a).summed(to: shape) })
  }

  /// The element-wise quotient, broadcast; division by zero gives infinities and NaN.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let quotient = broadcast(a, b) { $0 / $1 }
    return quotient.made(
      from: a.source { [shape = a.shape, b = b.detached] in ($0 / b).summed(to: shape) },
      b.source { [b = b.detached] in (-($0 * quotient / b)).summed(to: b.shape) })
  }

  /// Each element plus a number.
  public static func + (a: Tensor, b: Float) -> Tensor {
    a.mapped { $0 + b }.made(from: a.source { $0 })
  }

  /// A number plus each element.
  public static func + (a: Float, b: Tensor) -> Tensor { b + a }

  /// Each element less a number.
  public static func - (a: Tensor, b: Float) -> Tensor { a + -b }

  /// A number less each element.
  public static func - (a: Float, b: Tensor) -> Tensor { -b + a }

  /// Each element times a number.
  public static func * (a: Tensor, b: Float) -> Tensor {
    a.mapped { $0 * b }.made(from: a.source { $0 * b })
  }

  /// Each element times a number.
  public static func * (a: Float, b: Tensor) -> Tensor { b * a }

  /// Each element divided by a number.
  public static func / (a: Tensor, b: Float) -> Tensor { a * (1 / b) }

  /// A number divided by each element.
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }

  /// Each element with its sign changed.
  public static prefix func - (a: Tensor) -> Tensor { a * -1 }
}

/// Each element cut to `lowest...highest`; no gradient passes where it was cut, as in PyTorch.
public func clamp(_ x: Tensor, _ lowest: Float, _ highest: Float) -> Tensor {
  x.mapped { min(max($0, lowest), highest) }.made(
    from: x.source { [x = x.detached] in
      $0.zipped(x) { gradient, x in x < lowest || x > highest ? 0 : gradient }
    })
}

/// `x` where `allowed` is positive, elsewhere `value`, and no gradient there.
///
/// Shape: as `x`; `allowed` is broadcast to it.
public func masked(_ x: Tensor, by allowed: Tensor, with value: Float) -> Tensor {
  precondition(
    broadcastShape(x.shape, allowed.shape) == x.shape,
    "a mask of shape \(allowed.shape) does not fit \(x.shape)")
  return broadcast(x, allowed) { $1 > 0 ? $0 : value }.made(
    from: x.source { [allowed = allowed.detached] in broadcast($0, allowed) { $1 > 0 ? $0 : 0 } })
}

/// Each element squared.
public func square(_ x: Tensor) -> Tensor {
  x.mapped { $0 * $0 }.made(from: x.source { [x = x.detached] in $0 * x * 2 })
}

/// The square root of each element; NaN below 0, and an infinite gradient at 0.
public func sqrt(_ x: Tensor) -> Tensor {
  let root = x.mapped { $0.squareRoot() }
  return root.made(from: x.source { $0 / root * 0.5 })
}
