import Foundation

/// How a parameter begins before anything is learned.
public enum Initializer: Sendable {
  /// The same number everywhere.
  case constant(Float)
  /// Uniform on `-bound...bound`.
  case uniform(Float)
  /// Normal with mean 0.
  case normal(deviation: Float)

  /// What PyTorch gives linear layers and convolutions: uniform on `±1 / √inputs`.
  public static func fan(inputs: Int) -> Initializer {
    .uniform(1 / Float(max(inputs, 1)).squareRoot())
  }

  /// Uniform on `±gain · √(6 / (inputs + outputs))`.
  ///
  /// Source: Glorot and Bengio, AISTATS 2010.
  public static func xavier(inputs: Int, outputs: Int, gain: Float = 1) -> Initializer {
    .uniform(gain * (6 / Float(inputs + outputs)).squareRoot())
  }

  /// Normal with deviation `√(2 / fan)`.
  ///
  /// Source: He et al., ICCV 2015.
  public static func kaiming(fan: Int) -> Initializer {
    .normal(deviation: (2 / Float(fan)).squareRoot())
  }

  /// A tensor that begins this way; the same generator gives the same numbers.
  public func tensor(_ shape: [Int], using generator: inout SeededGenerator) -> Tensor {
    switch self {
    case .constant(let value): return Tensor(shape: shape, repeating: value)
    case .uniform(let bound):
      return Tensor(shape: shape) {
        bound * Float(2 * generator.nextUnit() - 1)
      }
    case .normal(let deviation):
      // Box and Muller, Annals of Mathematical Statistics 1958; the sine's half is not used.
      return Tensor(shape: shape) {
        let radius = (-2 * Foundation.log(1 - generator.nextUnit())).squareRoot()
        return deviation * Float(radius * cos(2 * Double.pi * generator.nextUnit()))
      }
    }
  }
}

extension Tensor {
  /// Elements drawn one after the other.
  init(shape: [Int], drawing draw: () -> Float) {
    let count = shape.reduce(1, *)
    // Safety: the tensor has `count` elements.
    unsafe self.init(shape: shape) { out in
      for i in 0..<count { unsafe out[i] = draw() }
    }
  }
}
