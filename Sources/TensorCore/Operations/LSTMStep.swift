/// One step of a long short-term memory.
///
/// With `[i f g o] = x · inputWeightᵀ + h · hiddenWeightᵀ + biases`: `c' = σ(f) c + σ(i) tanh(g)`
/// and `h' = σ(o) tanh(c')`. Shape: `x` is `[batch, inputs]`, `hidden` and `memory` `[batch, width]`,
/// the weights `[4 · width, inputs]` and `[4 · width, width]`, the biases `[4 · width]`.
///
/// Source: Hochreiter and Schmidhuber, Neural Computation 1997, with PyTorch's order of gates.
public func lstmStep(
  _ x: Tensor, hidden: Tensor, memory: Tensor, inputWeight: Tensor, hiddenWeight: Tensor,
  inputBias: Tensor, hiddenBias: Tensor
) -> (hidden: Tensor, memory: Tensor) {
  let width = hiddenWeight.shape[1]
  let sums = linear(x, inputWeight, inputBias) + linear(hidden, hiddenWeight, hiddenBias)
  let gates = sums.split(Array(repeating: width, count: 4), along: 1)  // 4 × [batch, width]
  let kept = sigmoid(gates[1]) * memory + sigmoid(gates[0]) * tanh(gates[2])  // [batch, width]
  return (sigmoid(gates[3]) * tanh(kept), kept)
}
