import Foundation

/// How the learning rate changes from epoch to epoch.
///
/// A rate follows from the epoch alone, counted from 0 and including those run before a training
/// was resumed. Computed in double precision.
public enum LearningRateSchedule: Codable, Hashable, Sendable {
  /// `η₀` throughout.
  case constant
  /// `η₀ · factorⁿ` after `n` times `every` epochs: PyTorch's `StepLR`. Hist2ST takes 0.9 every 50.
  case step(factor: Double, every: Int)
  /// `η_T + (η₀ − η_T) · (1 + cos(π t / T)) / 2` at epoch `t`: half a cosine from the initial rate
  /// to `minimum` after `T = epochs`, and back after as many again.
  ///
  /// Rises when `minimum` lies above the initial rate, as it does in HiST's survival model, from
  /// 3.9e-6 to 1e-5: followed as released.
  ///
  /// Source: Loshchilov and Hutter, ICLR 2017, in the closed form of PyTorch's
  /// `CosineAnnealingLR`. Departure from the paper: no restarts.
  case cosine(minimum: Double, epochs: Int)

  /// The rate during an epoch, when that of epoch 0 is `initial`.
  public func rate(atEpoch epoch: Int, from initial: Double) -> Float {
    precondition(epoch >= 0, "epoch \(epoch) does not exist")
    switch self {
    case .constant:
      return Float(initial)
    case .step(let factor, let interval):
      precondition(interval > 0, "a step every \(interval) epochs does not exist")
      return Float(initial * pow(factor, Double(epoch / interval)))
    case .cosine(let minimum, let epochs):
      precondition(epochs > 0, "half a cosine takes a whole number of epochs, not \(epochs)")
      let share = (1 + cos(Double.pi * Double(epoch) / Double(epochs))) / 2
      return Float(minimum + (initial - minimum) * share)
    }
  }
}
