import Foundation
import TensorCore
import TestSupport
import Testing

@testable import Models

/// The files of HiST's goldens: the copy that travels with the project where there is one, else the
/// whole beside it.
struct HiSTGolden {
  let folder: String
  /// Whether the whole files are taken: the copies lack some tensors.
  var isWhole = false

  func file(_ name: String) throws -> SafetensorsFile {
    let copy = Bundle.module.url(
      forResource: "Fixtures/\(folder)/\(name).safetensors", withExtension: nil)
    let whole = SharedFiles.fixtures.appending(path: "\(folder)/\(name).safetensors")
    return try SafetensorsFile(try isWhole ? whole : #require(copy))
  }

  func weights(_ name: String) throws -> [String: Tensor] {
    let stored = try file(name)
    return Dictionary(
      uniqueKeysWithValues: stored.names.map { name in
        name.hasSuffix("num_batches_tracked")
          ? (name, Tensor(Float(stored.array(name, as: Int64.self)[0])))
          : (name, stored.tensor(name))
      })
  }
}

/// Steps of training as a golden run took them: names of what moves, and the losses before each step.
struct GoldenRun {
  let losses: [Double]
  let tolerance: Double

  /// Takes the steps; `loss` measures the network of given weights and says what its normalizations
  /// found, and `rate` what the optimizer is set to before each step.
  func train<Kind: Optimizer>(
    _ weights: inout [String: Tensor], _ optimizer: Kind, rate: (Int) -> Float,
    _ loss: ([String: Tensor], TrainingPass) throws -> Tensor
  ) throws {
    var optimizer = optimizer
    let trained = weights.keys.filter { !$0.contains("running_") && !$0.contains("num_batches") }
      .sorted()
    for (step, expected) in losses.enumerated() {
      var tracked = weights
      for name in trained { tracked[name] = weights[name]?.tracked() }
      let pass = TrainingPass.normalizing
      let measured = try loss(tracked, pass)
      #expect(
        abs(Double(measured.item) - expected) <= tolerance * abs(expected),
        "loss before step \(step + 1) is \(measured.item), not \(expected)")
      let parameters = trained.compactMap { tracked[$0] }
      let gradients = measured.gradients(for: parameters, keepingGraph: false)
      optimizer.learningRate = rate(step)
      optimizer.update(&weights, Dictionary(uniqueKeysWithValues: zip(trained, gradients)))
      weights.merge(pass.statistics) { $1 }
    }
  }
}
