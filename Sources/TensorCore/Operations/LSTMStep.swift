import CKernels

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

/// The same from the sums of the gates, `[batch, 4 · width]`, in one pass; no memory is one of zeros.
/// For prediction: no gradients flow.
func lstmStep(sums: Tensor, memory: Tensor?) -> (hidden: Tensor, memory: Tensor) {
  let (batch, width) = (sums.shape[0], sums.shape[1] / 4)
  precondition(
    memory?.shape ?? [batch, width] == [batch, width] && sums.shape[1] == 4 * width,
    "a memory of \(memory?.shape ?? []) does not fit sums of \(sums.shape)")
  var kept = Tensor(0)
  // Safety: all sizes as just checked; each piece writes its own rows.
  let hidden = unsafe sums.withElements { sums in
    unsafe withElements(of: memory) { memory in
      unsafe Tensor(shape: [batch, width]) { hidden in
        unsafe kept = Tensor(shape: [batch, width]) { kept in
          inParallel(batch, smallest: max(smallestPiece / 16 / max(width, 1), 1)) { rows in
            let start = rows.lowerBound * width
            unsafe eosin_lstm_gates(
              sums + 4 * start, memory.map { unsafe $0 + start }, hidden + start, kept + start,
              rows.count, width)
          }
        }
      }
    }
  }
  return (hidden, kept)
}
