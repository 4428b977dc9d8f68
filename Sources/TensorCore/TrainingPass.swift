/// What makes a forward pass one of training: dropout draws from its generator, and batch
/// normalization uses the batch's statistics and leaves the running ones here.
///
/// One for each step, used by one thread. Layers that are given none predict.
public final class TrainingPass {
  /// Where dropout's random numbers come from.
  public var generator: SeededGenerator
  /// Whether dropout is on; off, to compare with others' numbers.
  public var dropsOut: Bool
  /// The running statistics as they are after this pass, by the parameter's name.
  public private(set) var statistics: [String: Tensor] = [:]

  /// Begins a step.
  public init(generator: SeededGenerator, dropsOut: Bool = true) {
    self.generator = generator
    self.dropsOut = dropsOut
  }

  /// A pass that only normalizes by the batch, and drops and moves nothing.
  public static var normalizing: TrainingPass {
    TrainingPass(generator: SeededGenerator(seed: 0), dropsOut: false)
  }

  /// Moves a running statistic a tenth of the way towards that of this batch.
  ///
  /// Several passes in one step move it several times.
  func move(_ name: String, from running: Tensor, towards batch: Tensor) {
    let before = statistics[name] ?? running.detached
    statistics[name] = before * 0.9 + batch.detached * 0.1
  }

  /// Counts one more batch.
  func count(_ name: String, from before: Tensor) {
    statistics[name] = (statistics[name] ?? before.detached) + 1
  }
}
