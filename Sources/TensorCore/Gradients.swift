import CKernels

/// How a tensor was made: from which others, and how a gradient travels back to each of them.
///
/// A node of the graph that a computation leaves behind. It holds what its pullback captured, and
/// nothing else.
final class Origin: @unchecked Sendable {
  // Sendable unchecked, because of what changes: only once nobody else can see it, or in
  // `gradients(for:keepingGraph:)`, whose caller promises to be the graph's last user.
  private(set) var sources: [Origin]
  /// Takes the gradient of the operation's result to those of its operands, in the order of the
  /// sources: vector-Jacobian products.
  private(set) var pullback: @Sendable (Tensor) -> [Tensor]
  /// Whether this node gave up what it was made from.
  private(set) var isSpent = false

  init(_ sources: [Origin], pullback: @escaping @Sendable (Tensor) -> [Tensor] = { _ in [] }) {
    self.sources = sources
    self.pullback = pullback
  }

  /// Lets go of what the pullback captured, and of the graph behind this node.
  func spend() {
    guard !sources.isEmpty else { return }
    isSpent = true
    sources = []
    pullback = { _ in [] }
  }

  /// Takes the graph behind this node apart one by one, as one inside the other would overflow the
  /// stack where the graph is deep.
  deinit {
    var pending = sources
    sources = []
    while var source = pending.popLast() {
      if isKnownUniquelyReferenced(&source) {
        pending += source.sources
        source.sources = []
      }
    }
  }
}

/// One operand of an operation, and the way of a gradient to it.
struct Source: Sendable {
  fileprivate let origin: Origin
  /// Takes the gradient of the operation's result to that of this operand.
  fileprivate let pullback: @Sendable (Tensor) -> Tensor
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
    // By themselves: a pullback that holds origins would hold the graph a second time.
    let pullbacks = sources.map(\.pullback)
    return made(from: sources.map(\.origin)) { gradient in pullbacks.map { $0(gradient) } }
  }

  /// This result, made from `operands`, whose gradients are worked out together: one for each,
  /// nothing for those that are not tracked.
  ///
  /// The pullback captures detached tensors only: what it computes then records nothing itself.
  func made(
    from operands: [Tensor?], jointly pullback: @escaping @Sendable (Tensor) -> [Tensor?]
  ) -> Tensor {
    let tracked = operands.map { $0?.isTracked ?? false }
    return made(from: operands.compactMap { $0?.origin }) { gradient in
      zip(pullback(gradient), tracked).compactMap { $1 ? $0 : nil }
    }
  }

  private func made(
    from origins: [Origin], _ pullback: @escaping @Sendable (Tensor) -> [Tensor]
  ) -> Tensor {
    if origins.isEmpty { return self }
    NumberWatch.current?.look(at: self, madeFrom: origins)
    return Tensor(shape: shape, storage: storage, origin: Origin(origins, pullback: pullback))
  }

  /// The gradient of this scalar with respect to each of `parameters`.
  ///
  /// Shape: as the parameters have. Zero for a parameter this scalar does not depend on. Each
  /// parameter must be ``tracked()``. Sums of several contributions are made in an order fixed by
  /// the computation, so the same computation gives the same gradient to the bit.
  ///
  /// A training step asks once: without `keepingGraph`, what the computation left behind is freed
  /// as the gradients come by, which takes much less memory; none can be asked for after that, and
  /// no other thread may be asking.
  public func gradients(for parameters: [Tensor], keepingGraph: Bool = true) -> [Tensor] {
    precondition(count == 1, "gradients are those of one number, not of a tensor of \(shape)")
    return gradients(
      for: parameters, startingFrom: Tensor(shape: shape, repeating: 1), keepingGraph: keepingGraph)
  }

  /// The gradient of `Σ weights · self` with respect to each of `parameters`.
  ///
  /// Shape: `weights` as this tensor, the results as the parameters.
  public func gradients(
    for parameters: [Tensor], startingFrom weights: Tensor, keepingGraph: Bool = true
  ) -> [Tensor] {
    precondition(weights.shape == shape, "weights of \(weights.shape) for a tensor of \(shape)")
    let wanted = Set(parameters.compactMap { $0.origin.map(ObjectIdentifier.init) })
    var gradients: [ObjectIdentifier: Tensor] = [:]
    if let origin { gradients[ObjectIdentifier(origin)] = weights.detached }
    for origin in origin?.orderedBackwards() ?? [] {
      let id = ObjectIdentifier(origin)
      guard let gradient = wanted.contains(id) ? gradients[id] : gradients.removeValue(forKey: id)
      else { continue }
      for (source, contribution) in zip(origin.sources, origin.pullback(gradient)) {
        let id = ObjectIdentifier(source)
        // Taken out of the dictionary, so that it can be added to where it lies.
        gradients[id] =
          gradients.removeValue(forKey: id).map { $0.adding(contribution) }
          ?? contribution
      }
      if !keepingGraph { origin.spend() }
    }
    return parameters.map { parameter in
      guard let origin = parameter.origin else {
        preconditionFailure("no gradient flows to an untracked tensor of shape \(parameter.shape)")
      }
      return gradients[ObjectIdentifier(origin)] ?? Tensor(shape: parameter.shape, repeating: 0)
    }
  }
}

extension Tensor {
  /// The sum of two untracked tensors of one shape, in the memory of the first if nobody else holds
  /// it.
  fileprivate consuming func adding(_ other: Tensor) -> Tensor {
    precondition(shape == other.shape, "gradients of \(shape) and \(other.shape) for one tensor")
    let target = rewritableStorage()
    // Safety: all have `count` elements, and the target is nobody else's.
    unsafe withElements { x in
      unsafe other.withElements { y in
        inParallel(count, smallest: smallestPiece) { piece in
          let start = piece.lowerBound
          unsafe eosin_add(x + start, y + start, target.start + start, piece.count)
        }
      }
    }
    return Tensor(shape: shape, storage: target)
  }

  /// The tensor's own storage if nobody else holds it, else a new one of the same size: where an
  /// operation may write that reads each element before it.
  mutating func rewritableStorage() -> Storage {
    storage.owner == nil && isKnownUniquelyReferenced(&storage)
      ? storage : Storage(uninitialized: count)
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
      precondition(!origin.isSpent, "gradients were asked for before, without keeping the graph")
      guard next < origin.sources.count else {
        finished.append(origin)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let source = origin.sources[next]
      if seen.insert(ObjectIdentifier(source)).inserted { path.append((source, 0)) }
    }
    return finished.reversed()
  }
}
