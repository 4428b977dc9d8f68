/// How a tensor was made: from which others, and how a gradient travels back to each of them.
///
/// A node of the graph that a computation leaves behind. It holds what its pullbacks captured, and
/// nothing else.
final class Origin: @unchecked Sendable {
  // Sendable unchecked, because of `sources`, which change only once nobody else can see them.
  private(set) var sources: [Source]

  init(_ sources: [Source]) {
    self.sources = sources
  }

  /// Takes the graph behind this node apart one by one, as one inside the other would overflow the
  /// stack where the graph is deep.
  deinit {
    var pending = sources
    sources = []
    while var source = pending.popLast() {
      if isKnownUniquelyReferenced(&source.origin) {
        pending += source.origin.sources
        source.origin.sources = []
      }
    }
  }
}

/// One operand of an operation, as ``Origin`` remembers it.
struct Source: Sendable {
  fileprivate(set) var origin: Origin
  /// Takes the gradient of the operation's result to that of this operand: a vector-Jacobian
  /// product.
  let pullback: @Sendable (Tensor) -> Tensor
}

extension Tensor {
  /// The same numbers, as something that gradients can be asked for.
  public func tracked() -> Tensor {
    Tensor(shape: shape, storage: storage, origin: Origin([]))
  }

  /// The same numbers without memory of how they were made: gradients stop here.
  public var detached: Tensor { Tensor(shape: shape, storage: storage) }

  /// Whether gradients flow through this tensor.
  public var isTracked: Bool { origin != nil }

  /// This tensor as an operand, or nothing if no gradient is wanted of it.
  ///
  /// The pullback captures detached tensors only: what it computes then records nothing itself.
  func source(_ pullback: @escaping @Sendable (_ gradient: Tensor) -> Tensor) -> Source? {
    origin.map { Source(origin: $0, pullback: pullback) }
  }

  /// This result, made from those of its operands that gradients flow through.
  func made(from sources: Source?...) -> Tensor {
    made(from: sources)
  }

  func made(from sources: [Source?]) -> Tensor {
    let sources = sources.compactMap(\.self)
    if sources.isEmpty { return self }
    NumberWatch.current?.look(at: self, madeFrom: sources.map(\.origin))
    return Tensor(shape: shape, storage: storage, origin: Origin(sources))
  }

  /// The gradient of this scalar with respect to each of `parameters`.
  ///
  /// Shape: as the parameters have. Zero for a parameter this scalar does not depend on. Each
  /// parameter must be ``tracked()``. Sums of several contributions are made in an order fixed by
  /// the computation, so the same computation gives the same gradient to the bit.
  public func gradients(for parameters: [Tensor]) -> [Tensor] {
    precondition(count == 1, "gradients are those of one number, not of a tensor of \(shape)")
    return gradients(for: parameters, startingFrom: Tensor(shape: shape, repeating: 1))
  }

  /// The gradient of `Σ weights · self` with respect to each of `parameters`.
  ///
  /// Shape: `weights` as this tensor, the results as the parameters.
  public func gradients(for parameters: [Tensor], startingFrom weights: Tensor) -> [Tensor] {
    precondition(weights.shape == shape, "weights of \(weights.shape) for a tensor of \(shape)")
    let wanted = Set(parameters.compactMap { $0.origin.map(ObjectIdentifier.init) })
    var gradients: [ObjectIdentifier: Tensor] = [:]
    if let origin { gradients[ObjectIdentifier(origin)] = weights.detached }
    for origin in origin?.orderedBackwards() ?? [] {
      let id = ObjectIdentifier(origin)
      guard let gradient = gradients[id] else { continue }
      if !wanted.contains(id) { gradients[id] = nil }
      for source in origin.sources {
        let contribution = source.pullback(gradient)
        let id = ObjectIdentifier(source.origin)
        gradients[id] = gradients[id].map { $0 + contribution } ?? contribution
      }
    }
    return parameters.map { parameter in
      guard let origin = parameter.origin else {
        preconditionFailure("no gradient flows to an untracked tensor of shape \(parameter.shape)")
      }
      return gradients[ObjectIdentifier(origin)] ?? Tensor(shape: parameter.shape, repeating: 0)
    }
  }
}

extension Origin {
  /// This node and all it was made from, each before its sources.
  ///
  /// A depth-first walk with its own stack: graphs may be deeper than a thread's.
  fileprivate func orderedBackwards() -> [Origin] {
    var finished: [Origin] = []
    var seen: Set = [ObjectIdentifier(self)]
    var path: [(origin: Origin, next: Int)] = [(self, 0)]
    while let (origin, next) = path.last {
      guard next < origin.sources.count else {
        finished.append(origin)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let source = origin.sources[next].origin
      if seen.insert(ObjectIdentifier(source)).inserted { path.append((source, 0)) }
    }
    return finished.reversed()
  }
}
