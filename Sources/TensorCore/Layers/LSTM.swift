/// Long short-term memories on top of each other, each reading the one below over a sequence.
public struct LSTM: Sendable {
  private struct Level: Sendable {
    let inputWeight, hiddenWeight, inputBias, hiddenBias: Tensor

    var isTracked: Bool {
      [inputWeight, hiddenWeight, inputBias, hiddenBias].contains(where: \.isTracked)
    }
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
    if sequence.isEmpty { return [] }
    return levels.reduce(sequence) { sequence, level in
      if !sequence.contains(where: \.isTracked), !level.isTracked {
        return predicted(sequence, level)
      }
      let batch = sequence.first?.shape[0] ?? 0
      let outputs = lstmSequence(
        stack(sequence), inputWeight: level.inputWeight, hiddenWeight: level.hiddenWeight,
        inputBias: level.inputBias, hiddenBias: level.hiddenBias)  // [steps, batch, width]
      return outputs.split(sequence.map { _ in 1 }, along: 0).map {
        $0.reshaped(to: [batch, width])
      }
    }
  }

  /// The same without gradients: one product for the inputs of all steps, which are known, and none
  /// for the first step's memories of zeros.
  private func predicted(_ sequence: [Tensor], _ level: Level) -> [Tensor] {
    guard let batch = sequence.first?.shape[0] else { return [] }
    let sums = linear(
      concatenate(sequence, along: 0), level.inputWeight, level.inputBias + level.hiddenBias,
      epilogue: .none)  // [steps · batch, 4 · width]
    var last: (hidden: Tensor, memory: Tensor)?
    return sequence.indices.map { step in
      let own = sums.slice(step * batch..<(step + 1) * batch, along: 0)  // [batch, 4 · width]
      let step = lstmStep(
        sums: last.map {
          linear($0.hidden, level.hiddenWeight, epilogue: .none, residual: own)
        } ?? own, memory: last?.memory)
      last = step
      return step.hidden
    }
  }
}
