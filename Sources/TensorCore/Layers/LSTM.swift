/// Long short-term memories on top of each other, each reading the one below over a sequence.
public struct LSTM: Sendable {
  private struct Level: Sendable {
    let inputWeight, hiddenWeight, inputBias, hiddenBias: Tensor
  }

  private let levels: [Level]
  private let width: Int

  /// Declares `name.weight_ih_l0` and so on, uniform on `±1 / √width`.
  public init(_ parameters: inout Parameters, _ name: String, inputs: Int, width: Int, levels: Int)
  {
    self.width = width
    self.levels = (0..<levels).map { level in
      let beginning = Initializer.fan(inputs: width)
      let below = level == 0 ? inputs : width
      return Level(
        inputWeight: parameters.take("\(name).weight_ih_l\(level)", [4 * width, below], beginning),
        hiddenWeight: parameters.take(
          "\(name).weight_hh_l\(level)", [4 * width, width], beginning),
        inputBias: parameters.take("\(name).bias_ih_l\(level)", [4 * width], beginning),
        hiddenBias: parameters.take("\(name).bias_hh_l\(level)", [4 * width], beginning))
    }
  }

  /// The top level's output at each step, from memories of zeros: `[batch, width]` for each
  /// `[batch, inputs]`.
  public func callAsFunction(_ sequence: [Tensor]) -> [Tensor] {
    levels.reduce(sequence) { sequence, level in
      var outputs: [Tensor] = []
      var hidden = Tensor.zeros([sequence.first?.shape[0] ?? 0, width])
      var memory = hidden
      for x in sequence {
        (hidden, memory) = lstmStep(
          x, hidden: hidden, memory: memory, inputWeight: level.inputWeight,
          hiddenWeight: level.hiddenWeight, inputBias: level.inputBias,
          hiddenBias: level.hiddenBias)
        outputs.append(hidden)
      }
      return outputs
    }
  }
}
