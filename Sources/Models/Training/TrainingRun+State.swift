import Foundation
import Sections
import TensorCore

// Stopping and going on.
extension TrainingRun {
  /// The metadata's key in a file of a run's state.
  private static var key: String { "eosin.state" }

  /// Writes all that later steps depend on, whole or not at all.
  public func writeState(to url: URL) throws(CheckpointError) {
    let state = State(step: step, losses: losses)
    guard let json = try? JSON(encoding: state) else {
      preconditionFailure("steps and finite losses are plain values")
    }
    try Safetensors.write(stateTensors, metadata: [Self.key: json.text], to: url, replacing: true)
  }

  /// How many bytes ``writeState(to:)`` writes, once the optimizer has seen every parameter.
  public var stateByteCount: Int {
    let numbers = weights.values.reduce(0) { $0 + $1.count }
    let copies = (recipe.optimizer == .sgd ? 2 : 3) + (recipe.averaging > 0 ? 1 : 0)
    return 4 * numbers * copies
  }

  /// Takes up the run whose state a file holds, begun with the same model, sizes, recipe and seed.
  ///
  /// - Throws: for a file that holds no state, or that of another model or optimizer; nothing has
  ///   changed then.
  public mutating func restore(from url: URL) throws(CheckpointError) {
    func refused(_ problem: String) -> CheckpointError {
      CheckpointError(file: url.path, problem: problem)
    }
    let file = try Safetensors.read(url)
    guard case .string(let text)? = file.metadata[Self.key], let json = JSON(text: text),
      let state = try? json.decoded(as: State.self), state.step >= 0
    else { throw refused("holds no state of a run. Begin the run anew with --force.") }
    var groups: [Group: [String: Tensor]] = [:]
    for stored in file.tensors {
      let parts = stored.name.split(separator: "/", maxSplits: 1)
      guard parts.count == 2, let group = Group(rawValue: String(parts[0])) else {
        throw refused("holds \(quoted(stored.name)), which is no part of a run's state.")
      }
      groups[group, default: [:]][String(parts[1])] = Tensor(
        shape: stored.shape, stored.floats())
    }
    let found = groups[.weights] ?? [:]
    for (name, weight) in weights where found[name]?.shape != weight.shape {
      throw refused(
        "is the state of another network: \(quoted(name)) should have shape \(weight.shape). Begin "
          + "the run anew with --force.")
    }
    do throws(OptimizerStateError) {
      try optimizer.restore(groups[.optimizer] ?? [:], for: found)
    } catch {
      throw refused("cannot be gone on with: \(error.description)")
    }
    weights = found.filter { weights[$0.key] != nil }
    averages = groups[.averages] ?? [:]
    step = state.step
    losses = state.losses
  }

  private struct State: Codable {
    var step: Int
    var losses: [Double]
  }

  private enum Group: String { case weights, averages, optimizer }

  private var stateTensors: [StoredTensor] {
    let groups: [(Group, [String: Tensor])] = [
      (.weights, weights), (.averages, averages), (.optimizer, optimizer.state),
    ]
    return groups.flatMap { group, tensors in
      tensors.sorted { $0.key < $1.key }.map { name, tensor in
        StoredTensor(name: "\(group.rawValue)/\(name)", tensor)
      }
    }
  }
}
