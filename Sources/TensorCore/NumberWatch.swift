import CKernels
import Synchronization

/// Finds the layer where a computation first made a number that is infinite or NaN.
///
/// For looking into a step of training that went wrong: run its forward pass and its loss again
/// while the watch is ``current``, with the same tracked parameters, and ask ``firstBadLayer``.
///
/// ```swift
/// let watch = NumberWatch(names: parameters)
/// NumberWatch.$current.withValue(watch) { _ = loss(parameters) }
/// ```
///
/// Only results that gradients flow through are looked at, each after it was made, so that watched
/// runs are slower; while no watch is current nothing is looked at.
public final class NumberWatch: Sendable {
  /// The watch that looks at what this task computes.
  @TaskLocal public static var current: NumberWatch?

  private struct Findings {
    var lastRead: String?
    var foundBad = false
    var firstBadParameter: String?
  }

  private let names: [ObjectIdentifier: String]
  // The parameters' places in the graph, which must stay theirs as long as they are compared.
  private let origins: [Origin]
  private let findings = Mutex(Findings())

  /// Watches for results made from these parameters; untracked ones are passed over.
  public init(names parameters: [String: Tensor]) {
    let tracked = parameters.compactMap { name, parameter in
      parameter.origin.map { (name, $0) }
    }
    origins = tracked.map(\.1)
    // Of several names for one parameter, the first.
    names = Dictionary(tracked.map { (ObjectIdentifier($1), $0) }, uniquingKeysWith: min)
  }

  /// Whether a result with such a number was found.
  public var foundBadNumber: Bool { findings.withLock(\.foundBad) }

  /// The parameter that the first operation with such a result read, or the last one read before
  /// it; nothing if there was none.
  public var firstBadParameter: String? { findings.withLock(\.firstBadParameter) }

  /// The layer of that parameter: its name without the last component, such as
  /// `vit.transformer.layers.3.0.fn.to_qkv`.
  public var firstBadLayer: String? {
    firstBadParameter.map { name in
      name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }
  }

  /// Looks at the result of an operation.
  func look(at result: Tensor, madeFrom sources: [Origin]) {
    findings.withLock { findings in
      guard !findings.foundBad else { return }
      if let read = sources.lazy.compactMap({ self.names[ObjectIdentifier($0)] }).first {
        findings.lastRead = read
      }
      guard firstNonFinite(in: [result]) != nil else { return }
      findings.foundBad = true
      findings.firstBadParameter = findings.lastRead
    }
  }
}

/// The index of the first tensor that holds an infinite number or NaN; nothing if all are finite.
///
/// Takes as long as reading all of them once, on all threads.
public func firstNonFinite(in tensors: [Tensor]) -> Int? {
  tensors.firstIndex { tensor in
    let isBad = Atomic(false)
    // Safety: reads `count` elements.
    unsafe tensor.withElements { elements in
      inParallel(tensor.count, smallest: smallestPiece) { piece in
        if unsafe !eosin_all_finite(elements + piece.lowerBound, piece.count) {
          isBad.store(true, ordering: .relaxed)
        }
      }
    }
    return isBad.load(ordering: .relaxed)
  }
}
