import CKernels

/// All steps of a long short-term memory, each as `lstmStep` has it, from memories of zeros.
///
/// Shape: `x` is `[steps, batch, inputs]`, the result, what is output at each step, `[steps, batch,
/// width]`; weights and biases as for a step. One product takes the inputs of all steps, as do the
/// gradients of both weights; the first step's memory of zeros is in none. Gradients work the gates
/// out again from their sums.
func lstmSequence(
  _ x: Tensor, inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor, hiddenBias: Tensor
) -> Tensor {
  let (steps, batch, width) = (x.shape[0], x.shape[1], hiddenWeight.shape[1])
  precondition(
    x.rank == 3 && steps > 0 && inputWeight.shape == [4 * width, x.shape[2]]
      && hiddenWeight.shape == [4 * width, width],
    "weights of \(inputWeight.shape) and \(hiddenWeight.shape) do not fit a sequence of \(x.shape)")
  let inputs = x.detached.reshaped(to: [steps * batch, x.shape[2]])
  let weights = (input: inputWeight.detached, hidden: hiddenWeight.detached)
  let states = LSTMStates(
    linear(inputs, weights.input, (inputBias + hiddenBias).detached), weights.hidden, steps: steps)
  let wantsInputs = x.isTracked
  return states.outputs.reshaped(to: [steps, batch, width]).made(
    from: [x, inputWeight, hiddenWeight, inputBias, hiddenBias]
  ) { gradient in
    let slopes = states.slopes(gradient, weights.hidden)  // [steps · batch, 4 · width]
    let later = slopes.slice(batch..<steps * batch, along: 0)
    let earlier = states.outputs.slice(0..<(steps - 1) * batch, along: 0)
    let bias = columnSums(slopes)
    return [
      wantsInputs
        ? matmul(slopes, weights.input).reshaped(to: [steps, batch, inputs.shape[1]]) : nil,
      matmul(slopes, inputs, transposingFirst: true),
      matmul(later, earlier, transposingFirst: true), bias, bias,
    ]
  }
}

/// What a memory goes through in a sequence.
private struct LSTMStates: Sendable {
  let steps, batch, width: Int
  /// The sums of the gates, `[steps · batch, 4 · width]`.
  let sums: Tensor
  /// What is output and what is kept at each step, `[steps · batch, width]`.
  let outputs, memories: Tensor

  /// Goes through all steps; `sums` are those of the inputs alone.
  init(_ sums: consuming Tensor, _ hiddenWeight: Tensor, steps: Int) {
    let width = hiddenWeight.shape[1]
    let batch = sums.shape[0] / steps
    (self.steps, self.batch, self.width) = (steps, batch, width)
    let shape = sums.shape
    // Nobody else has seen them yet: what the memory adds is added where they lie.
    let storage = sums.rewritableStorage()
    let size = batch * width
    var memories = Tensor(0)
    // Safety: sizes as the caller checked; each step reads what the step before wrote, and the
    // pieces of a step write rows of their own.
    outputs = unsafe sums.withElements { inputs in
      unsafe hiddenWeight.withElements { weight in
        unsafe Tensor(shape: [steps * batch, width]) { outputs in
          unsafe memories = Tensor(shape: [steps * batch, width]) { memories in
            let all = unsafe storage.start
            if unsafe inputs != UnsafePointer(all) {
              unsafe all.update(from: inputs, count: 4 * steps * size)
            }
            for step in 0..<steps {
              let own = unsafe all + 4 * step * size
              if step > 0 {
                unsafe multiplyInParallel(
                  Matrix(outputs + (step - 1) * size, stride: width),
                  Matrix(weight, stride: width, transposed: true), into: own, stride: 4 * width,
                  (batch, 4 * width, width), adding: true)
              }
              inParallel(batch, smallest: smallestRows(width)) { rows in
                let start = rows.lowerBound * width
                let place = step * size + start
                unsafe eosin_lstm_gates(
                  own + 4 * start, step == 0 ? nil : UnsafePointer(memories + place - size),
                  outputs + place, memories + place, rows.count, width)
              }
            }
          }
        }
      }
    }
    self.memories = memories
    self.sums = Tensor(shape: shape, storage: storage)
  }

  /// The gradient of the sums, from that of the outputs.
  func slopes(_ gradient: Tensor, _ hiddenWeight: Tensor) -> Tensor {
    let size = batch * width
    let (hidden, kept) = (Storage(uninitialized: size), Storage(zeros: size))
    // Safety: as above, from the last step to the first.
    return unsafe sums.withElements { sums in
      unsafe memories.withElements { memories in
        unsafe gradient.withElements { gradient in
          unsafe hiddenWeight.withElements { weight in
            unsafe Tensor(shape: [steps * batch, 4 * width]) { slopes in
              for step in (0..<steps).reversed() {
                unsafe hidden.start.update(from: gradient + step * size, count: size)
                if step < steps - 1 {
                  unsafe multiplyInParallel(
                    Matrix(slopes + 4 * (step + 1) * size, stride: 4 * width),
                    Matrix(weight, stride: width), into: hidden.start, stride: width,
                    (batch, width, 4 * width), adding: true)
                }
                inParallel(batch, smallest: smallestRows(width)) { rows in
                  let start = rows.lowerBound * width
                  let place = step * size + start
                  unsafe eosin_lstm_gates_slope(
                    sums + 4 * place, step == 0 ? nil : memories + place - size, memories + place,
                    hidden.start + start, kept.start + start, slopes + 4 * place,
                    kept.start + start, rows.count, width)
                }
              }
            }
          }
        }
      }
    }
  }
}

/// Rows a thread should have at least, so wide.
private func smallestRows(_ width: Int) -> Int { max(smallestPiece / 16 / max(width, 1), 1) }
