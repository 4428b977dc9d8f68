import CKernels
import Foundation

/// The averages that ``Adam`` and ``AdamW`` keep of each parameter's gradient and of its square.
struct AdamMoments: Sendable {
  private struct Entry {
    var steps: Int
    var first: Tensor
    var second: Tensor
  }

  // Steps are counted for each parameter, as in PyTorch: one whose gradient first comes late, or
  // one moved twice in a training step under two names, needs corrections of its own.
  private var entries: [String: Entry] = [:]
  // Where an optimizer is, a step of training follows the other.
  private let reuse = MemoryReuse()

  init() {}

  /// What a step does beside following the averages.
  struct Settings {
    var learningRate: Float
    var betas: (Double, Double)
    var epsilon: Float
    /// How much of the parameter is added to its gradient.
    var decay: Float = 0
    /// How much of the parameter is kept.
    var kept: Float = 1
  }

  /// Moves a parameter after one more gradient: `p ← kept · p − η · m̂ / (√v̂ + ε)`.
  ///
  /// In one pass over memory, and in place where nobody else holds the parameter or the averages.
  mutating func step(
    _ name: String, _ weight: consuming Tensor, _ gradient: Tensor, _ settings: Settings
  ) -> Tensor {
    precondition(
      gradient.shape == weight.shape, "a gradient of \(gradient.shape) for \(weight.shape)")
    let zero = Tensor.zeros(gradient.shape)
    var entry = entries.removeValue(forKey: name) ?? Entry(steps: 0, first: zero, second: zero)
    // No further than a Float counts; the corrections are long 1 by then.
    entry.steps = min(entry.steps + 1, mostSteps)
    let step = eosin_adam_step(entry.steps, settings)
    weight = weight.detached
    let count = weight.count
    // Safety: all have `count` elements; each piece writes its own, and what is written to is
    // nobody else's or new.
    unsafe gradient.withElements { gradient in
      unsafe rewriting(&weight, &entry.first, &entry.second) { old, new in
        inParallel(count, smallest: smallestPiece) { piece in
          let start = piece.lowerBound
          var step = step
          unsafe eosin_adam(
            &step, gradient + start, old.0 + start, old.1 + start, old.2 + start, new.0 + start,
            new.1 + start, new.2 + start, piece.count)
        }
      }
    }
    entries[name] = entry
    return weight
  }
}

extension eosin_adam_step {
  fileprivate init(_ steps: Int, _ settings: AdamMoments.Settings) {
    let betas = settings.betas
    // In double precision: 0.999ⁿ in single precision is off by 1e-5 soon.
    self.init(
      decay: settings.decay, kept: settings.kept, keep: Float(betas.0), add: Float(1 - betas.0),
      keep_square: Float(betas.1), add_square: Float(1 - betas.1),
      size: Float(Double(settings.learningRate) / (1 - pow(betas.0, Double(steps)))),
      root: Float(1 / (1 - pow(betas.1, Double(steps))).squareRoot()), epsilon: settings.epsilon)
  }
}

/// Gives `body` where three tensors' elements lie, and where new ones go: the same place if nobody
/// else sees it, else new memory that the tensor has afterwards.
@unsafe private func rewriting(
  _ a: inout Tensor, _ b: inout Tensor, _ c: inout Tensor,
  _ body: (
    (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>),
    (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
  ) -> Void
) {
  let new = (a.rewritableStorage(), b.rewritableStorage(), c.rewritableStorage())
  unsafe a.withElements { x in
    unsafe b.withElements { y in
      unsafe c.withElements { z in
        unsafe body((x, y, z), (new.0.start, new.1.start, new.2.start))
      }
    }
  }
  a = Tensor(shape: a.shape, storage: new.0)
  b = Tensor(shape: b.shape, storage: new.1)
  c = Tensor(shape: c.shape, storage: new.2)
}

/// The largest of the whole numbers that a Float holds without a gap.
private let mostSteps = 1 << 24

extension AdamMoments {
  private static let kinds = [
    OptimizerStateKind(name: "step", isScalar: true), OptimizerStateKind(name: "exp_avg"),
    OptimizerStateKind(name: "exp_avg_sq"),
  ]

  /// The averages and the number of steps, under PyTorch's names.
  var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (name, entry) in entries {
      state["step.\(name)"] = Tensor(Float(entry.steps))
      state["exp_avg.\(name)"] = entry.first
      state["exp_avg_sq.\(name)"] = entry.second
    }
    return state
  }

  init(
    _ state: [String: Tensor], for weights: [String: Tensor]
  ) throws(OptimizerStateError) {
    for (name, tensors) in try sorted(state, into: Self.kinds, for: weights) {
      guard let steps = Int(exactly: tensors[0].item), 1...mostSteps ~= steps else {
        throw .notACount("step.\(name)", tensors[0].item)
      }
      entries[name] = Entry(steps: steps, first: tensors[1], second: tensors[2])
    }
  }
}
