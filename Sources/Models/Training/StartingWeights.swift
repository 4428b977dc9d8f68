import Foundation
import TensorCore

extension TrainableModel {
  /// The weights of a file that a training may begin with in place of those by chance: all but the last
  /// layer's, which is that of other genes or classes.
  ///
  /// - Parameters:
  ///   - file: a checkpoint of Eosin's, or what other software wrote.
  ///   - configuration: the sizes of the network to train.
  /// - Throws: with the names that are missing, not expected or of another shape.
  public static func startingWeights(
    _ file: TensorFile, from url: URL, _ configuration: Configuration
  ) throws(CheckpointError) -> [String: Tensor] {
    let last = "\(outputLayer)."
    let found = translated(file.tensors, genes: configuration.genes).filter {
      !$0.name.hasPrefix(last)
    }
    let expected = declarations(configuration).filter { !$0.name.hasPrefix(last) }
    let match = NameMatch(
      expected: expected.map { .init($0.name, $0.shape) }, found: found.map { .init($0) })
    if let problem = match.sentence(model: entry.title) {
      throw CheckpointError(
        file: url.path,
        problem: "\(problem) Begin from weights of the same sizes, or give the file's with --set.")
    }
    return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.tensor()) })
  }
}
