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

  init() {}

  /// What to subtract from a parameter after one more gradient: `η · m̂ / (√v̂ + ε)`.
  mutating func step(
    _ name: String, _ gradient: Tensor, _ learningRate: Float, _ betas: (Double, Double),
    _ epsilon: Float
  ) -> Tensor {
    let zero = Tensor.zeros(gradient.shape)
    var entry = entries[name] ?? Entry(steps: 0, first: zero, second: zero)
    let (keep, add) = (Float(betas.0), Float(1 - betas.0))
    let (keepSquare, addSquare) = (Float(betas.1), Float(1 - betas.1))
    // No further than a Float counts; the corrections are long 1 by then.
    entry.steps = min(entry.steps + 1, mostSteps)
    entry.first = entry.first.zipped(gradient) { keep * $0 + add * $1 }
    entry.second = entry.second.zipped(gradient) { keepSquare * $0 + addSquare * $1 * $1 }
    entries[name] = entry
    // In double precision: 0.999ⁿ in single precision is off by 1e-5 soon.
    let size = Float(Double(learningRate) / (1 - pow(betas.0, Double(entry.steps))))
    let root = Float(1 / (1 - pow(betas.1, Double(entry.steps))).squareRoot())
    return entry.first.zipped(entry.second) { size * $0 / ($1.squareRoot() * root + epsilon) }
  }
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
