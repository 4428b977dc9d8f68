import Foundation
import Synchronization
import TensorCore
import TestSupport
import Testing

/// The inputs, activations and gradients that the authors' code gave for one small random network.
struct Golden {
  let weights: [String: Tensor]
  let input, expected: SafetensorsFile
  /// Most are too large for the project: tests that need those are enabled only where they lie
  /// beside it.
  let gradients, training: SafetensorsFile!

  init(_ model: String) throws {
    func small(_ name: String) throws -> SafetensorsFile? {
      let url = Bundle.module.url(
        forResource: "Fixtures/\(model)/\(name).safetensors", withExtension: nil)
      return try url.map { try SafetensorsFile($0) }
    }
    func large(_ name: String) throws -> SafetensorsFile? {
      guard SharedFiles.hasFixtures else { return nil }
      return try SafetensorsFile(
        SharedFiles.fixtures.appending(path: "\(model)/\(name).safetensors"))
    }
    input = try #require(try small("input"))
    expected = try #require(try small("expected"))
    gradients = try small("gradients") ?? large("gradients")
    training = try small("training") ?? large("training")
    let pieces = try ["0", "1", "2"].compactMap { piece in
      try Bundle.module.url(
        forResource: "Fixtures/\(model)/weights.safetensors.\(piece)", withExtension: nil
      ).map { try Data(contentsOf: $0) }
    }
    let stored = try SafetensorsFile(Data(pieces.joined()))
    weights = Dictionary(
      uniqueKeysWithValues: stored.names.map { name in
        name.hasSuffix("num_batches_tracked")
          ? (name, Tensor(Float(stored.array(name, as: Int64.self)[0])))
          : (name, stored.tensor(name))
      })
  }

  /// The input's patches as numbers 0...255, of the given shape.
  func patches(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, input.array("patches", as: UInt8.self).map(Float.init))
  }

  /// The spots' places in the array.
  var positions: (x: [Int], y: [Int]) {
    let pairs = input.array("positions", as: Int64.self).map(Int.init)
    return (
      stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] },
      stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] }
    )
  }

  /// All weights as things that gradients can be asked for.
  var trackedWeights: [String: Tensor] { weights.mapValues { $0.tracked() } }
}

extension SafetensorsFile {
  func tensor(_ name: String) -> Tensor {
    Tensor(shape: shape(name), array(name, as: Float.self))
  }
}

/// Fails, naming the largest difference and its place, unless all elements are within `tolerance`
/// of each other, relative to the largest magnitude expected. Axes of size 1 are not compared.
func expectGolden(
  _ actual: Tensor, _ expected: Tensor, tolerance: Float, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape.filter({ $0 != 1 }) == expected.shape.filter({ $0 != 1 }) else {
    Issue.record(
      "\(what) has shape \(actual.shape), not \(expected.shape)", sourceLocation: sourceLocation)
    return
  }
  let pairs = Array(zip(actual.array, expected.array))
  let largest = max(pairs.reduce(0) { max($0, abs($1.1)) }, 1e-30)
  let errors = pairs.map { abs($0 - $1) / largest }
  let worst = errors.indices.max { errors[$0] < errors[$1] } ?? 0
  #expect(
    errors.allSatisfy { $0 <= tolerance },
    "\(what) differs most at \(worst): \(pairs[worst].0), not \(pairs[worst].1); \(errors[worst])",
    sourceLocation: sourceLocation)
}

/// How far each gradient stored under `prefix` is from that of `loss`: the largest difference, as a
/// share of the gradient's largest magnitude.
///
/// A stored `name.rows0_1` holds the first rows of a gradient, and `input.patches.first2` those of
/// the input's.
func goldenGradientDifferences(
  of loss: Tensor, _ weights: [String: Tensor], patches: Tensor, _ golden: SafetensorsFile,
  prefix: String = "", fewest: Int = 11
) -> [String: Float] {
  let own = golden.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  let named: [(stored: String, parameter: Tensor)] = own.compactMap { stored in
    if stored == "input.patches.first2" { return (stored, patches) }
    let name = stored.replacingOccurrences(of: ".rows0_1", with: "")
    return weights[name].map { (stored, $0) }
  }
  #expect(named.count >= fewest)
  var differences: [String: Float] = [:]
  for (entry, gradient) in zip(named, loss.gradients(for: named.map(\.parameter))) {
    let expected = golden.tensor(prefix + entry.stored)
    let rows = expected.shape[0]
    let part = rows < gradient.shape[0] ? gradient.slice(0..<rows, along: 0) : gradient
    #expect(part.shape == expected.shape)
    let largest = expected.array.reduce(0) { max($0, abs($1)) }
    let difference = zip(part.array, expected.array).reduce(0) { max($0, abs($1.0 - $1.1)) }
    differences[prefix + entry.stored] = difference / largest
  }
  return differences
}

/// Fails, naming each, unless all gradients stored under `prefix` are within 1e-3 of those of `loss`.
func expectGoldenGradients(
  of loss: Tensor, _ weights: [String: Tensor], patches: Tensor, _ golden: SafetensorsFile,
  prefix: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let differences = goldenGradientDifferences(
    of: loss, weights, patches: patches, golden, prefix: prefix)
  let far = differences.filter { !($0.value <= 1e-3) }
  #expect(far.isEmpty, sourceLocation: sourceLocation)
}

/// What the full-size network of the authors consists of: names and shapes, in order of name.
func authorsParameters(_ model: String) throws -> [String: [Int]] {
  struct Entry: Decodable { var shape: [Int] }
  let url = SharedFiles.fixtures.appending(path: "full_state_dicts.json")
  let all = try JSONDecoder().decode(
    [String: [String: Entry]].self, from: try Data(contentsOf: url))
  return all[model]!.mapValues(\.shape)  // A missing model fails the test.
}

/// The names and shapes a declaration amounts to.
func shapes(_ declarations: [ParameterDeclaration]) -> [String: [Int]] {
  Dictionary(uniqueKeysWithValues: declarations.map { ($0.name, $0.shape) })
}
