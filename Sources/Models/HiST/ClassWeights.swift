import TensorCore

/// How much each class counts, so that rare ones are learned as well as frequent ones.
public struct ClassWeights: Sendable, Equatable {
  /// `1 / share` of each class; 0 for one that has no member.
  public let weights: [Float]

  /// Takes the members of a cohort: the class of each, below `count`.
  public init(of classes: [Int], count: Int) {
    precondition(
      classes.allSatisfy { (0..<count).contains($0) }, "a class lies outside 0..<\(count)")
    let members = (0..<count).map { wanted in classes.count { $0 == wanted } }
    weights = members.map { $0 == 0 ? 0 : Float(classes.count) / Float($0) }
  }

  /// The loss that training follows: the mean of `−ln softmax(logits)[class]`, weighed.
  public func trainingLoss(_ logits: Tensor, _ classes: [Int]) -> Tensor {
    crossEntropy(logits, classes, weights: weights)
  }

  /// The loss that the release reports of its validation: the weighed sum divided by the number of
  /// patients, as PyTorch does with classes given as shares. It is on another scale than
  /// ``trainingLoss(_:_:)``.
  public func validationLoss(_ logits: Tensor, _ classes: [Int]) -> Tensor {
    let total = classes.reduce(0) { $0 + weights[$1] }
    return trainingLoss(logits, classes) * (total / Float(max(classes.count, 1)))
  }
}
