/// Moves parameters along their gradients, and can be stopped and taken up again.
///
/// A value: the settings, which the owner of a run keeps, and what was gathered in earlier steps,
/// which ``state`` gives. All of it is by the parameter's name: a parameter that gets no gradient
/// at a step stays where it is, undecayed, and its step is not counted, as in PyTorch.
public protocol Optimizer: Sendable {
  /// How far a step goes. A schedule sets it before each epoch.
  var learningRate: Float { get set }

  /// One step: the named parameters become new, untracked tensors.
  ///
  /// Each gradient must be named and shaped as one of the weights.
  mutating func update(_ weights: inout [String: Tensor], _ gradients: [String: Tensor])

  /// What earlier steps left behind, as tensors to be stored: `kind.parameter` names each, with the
  /// kinds of PyTorch's optimizers, such as `exp_avg.head.weight`. Settings are not part of it.
  var state: [String: Tensor] { get }

  /// Takes up where the optimizer that had this state left off; with the same settings, weights and
  /// gradients, each later step is the same to the bit.
  ///
  /// A parameter that the state does not name begins afresh. When it throws, nothing has changed.
  mutating func restore(
    _ state: [String: Tensor], for weights: [String: Tensor]
  ) throws(OptimizerStateError)
}

/// A stored state that does not belong to the optimizer or the weights.
public enum OptimizerStateError: Error, Equatable, CustomStringConvertible {
  /// A tensor that this optimizer does not keep; `kinds` are those it does.
  case unexpected(String, kinds: [String])
  /// A tensor for something that is no parameter.
  case notAParameter(String)
  /// A parameter has one of the tensors, but not this one.
  case missing(String)
  /// A tensor of another shape than the parameter needs.
  case misshapen(String, expected: [Int], found: [Int])
  /// A number of steps that is not one of 1, 2, 3…
  case notACount(String, Float)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .unexpected(let name, let kinds):
      let known = kinds.isEmpty ? "nothing" : kinds.map { "\($0).…" }.joined(separator: ", ")
      return "optimizer state '\(name)' is not of this optimizer, which keeps \(known). "
        + "Resume with the optimizer and settings the run began with."
    case .notAParameter(let name):
      return "optimizer state '\(name)' is for a parameter that the model does not have. "
        + "Resume with the weights stored beside it."
    case .missing(let name):
      return "optimizer state '\(name)' is missing. Resume from another checkpoint."
    case .misshapen(let name, let expected, let found):
      return "optimizer state '\(name)' has shape \(found), its parameter needs \(expected). "
        + "Resume with the weights stored beside it."
    case .notACount(let name, let found):
      return "optimizer state '\(name)' is \(found), not a number of steps. "
        + "Resume from another checkpoint."
    }
  }
}

/// A tensor that an optimizer keeps for each parameter.
struct OptimizerStateKind {
  let name: String
  /// Whether it is one number, instead of one for each element.
  var isScalar = false
}

/// The tensors of a state by parameter, each in the order of `kinds`, once all fit.
func sorted(
  _ state: [String: Tensor], into kinds: [OptimizerStateKind], for weights: [String: Tensor]
) throws(OptimizerStateError) -> [String: [Tensor]] {
  var parameters: Set<String> = []
  for name in state.keys.sorted() {
    guard let dot = name.firstIndex(of: "."), kinds.contains(where: { $0.name == name[..<dot] })
    else { throw .unexpected(name, kinds: kinds.map(\.name)) }
    let parameter = String(name[name.index(after: dot)...])
    guard weights[parameter] != nil else { throw .notAParameter(name) }
    parameters.insert(parameter)
  }
  var sorted: [String: [Tensor]] = [:]
  for parameter in parameters.sorted() {
    for kind in kinds {
      let name = "\(kind.name).\(parameter)"
      guard let tensor = state[name]?.detached else { throw .missing(name) }
      let shape = kind.isScalar ? [] : weights[parameter]!.shape  // Checked above.
      guard tensor.shape == shape else {
        throw .misshapen(name, expected: shape, found: tensor.shape)
      }
      sorted[parameter, default: []].append(tensor)
    }
  }
  return sorted
}

/// The weight that a gradient is for, which gradients no longer flow through.
func weight(_ name: String, in weights: [String: Tensor]) -> Tensor {
  guard let weight = weights[name]?.detached else {
    preconditionFailure("a gradient for \(name), which is no parameter")
  }
  return weight
}

/// The same, removed from the weights.
func takeWeight(_ name: String, from weights: inout [String: Tensor]) -> Tensor {
  guard let weight = weights.removeValue(forKey: name) else {
    preconditionFailure("a gradient for \(name), which is no parameter")
  }
  return weight
}
