import TensorCore

/// A transformer's block whose tokens attend to each other within windows of a map.
///
/// `x + attention(norm1(x))`, then `x + mlp(norm2(x))`; to each score is added a number that depends
/// on how far key and query lie apart, one for each head. Shape: `[images, side², width]` in and out,
/// row by row.
///
/// Source: Liu et al., ICCV 2021 (Swin), sections 3.2 and eq. 4, in the form of timm 0.5.4. Departure:
/// no stochastic depth in training, and linear layers begin normal with deviation 0.02, not cut off.
struct SwinBlock: Sendable {
  let heads: Int
  let attentionNorm: LayerNorm
  let queriesKeysValues: Linear
  let attentionOutput: Linear
  let feedForwardNorm: LayerNorm
  let widening: Linear
  let narrowing: Linear
  /// `[(2 · window − 1)², heads]`.
  let biasTable: Tensor
  let windows: SwinWindows

  init(
    _ parameters: inout Parameters, _ name: String, width: Int, heads: Int, hidden: Int,
    windows: SwinWindows
  ) {
    self.heads = heads
    self.windows = windows
    let begin = Initializer.normal(deviation: 0.02)
    func linear(_ parameters: inout Parameters, _ part: String, _ inputs: Int, _ outputs: Int)
      -> Linear
    {
      Linear(
        &parameters, "\(name).\(part)", inputs: inputs, outputs: outputs, weightInitializer: begin)
    }
    attentionNorm = LayerNorm(&parameters, "\(name).norm1", width: width)
    let reach = 2 * windows.side - 1
    biasTable = parameters.take(
      "\(name).attn.relative_position_bias_table", [reach * reach, heads], begin)
    queriesKeysValues = linear(&parameters, "attn.qkv", width, 3 * width)
    attentionOutput = linear(&parameters, "attn.proj", width, width)
    feedForwardNorm = LayerNorm(&parameters, "\(name).norm2", width: width)
    widening = linear(&parameters, "mlp.fc1", width, hidden)
    narrowing = linear(&parameters, "mlp.fc2", hidden, width)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let mixed = windowAttention(
      queriesKeysValues(attentionNorm(x)), heads: heads,
      scale: 1 / Float(x.shape[2] / heads).squareRoot(), bias: bias, windows: windows.tokens)
    let attended = attentionOutput(mixed, residual: x)  // [images, tokens, width]
    let hidden = widening(feedForwardNorm(attended), epilogue: .gelu)  // [images, tokens, hidden]
    return narrowing(hidden, residual: attended)  // [images, tokens, width]
  }

  /// What is added to the scores of each kind of window, `[kinds, heads, side², side²]`.
  var bias: Tensor {
    let size = windows.side * windows.side
    let own = gather(biasTable, windows.relativePositions).transposed()  // [heads, size²]
    return own.reshaped(to: [1, heads, size, size]) + windows.masks
  }
}

/// How a square map is cut into square windows, and how they are shifted.
///
/// A shifted map is rolled by `shift` rows and columns towards its beginning before it is cut, so that
/// windows at its end hold pixels of both borders: those do not see each other.
///
/// Source: Swin, section 3.2, "efficient batch computation for shifted configuration"; the mask is
/// −100, as released, and not minus infinity.
struct SwinWindows: Sendable {
  /// Tokens along a window's side.
  let side: Int
  let tokens: TokenWindows
  /// For each pair of query and key, the row of the table of biases, `[side⁴]`.
  let relativePositions: [Int]
  /// `[kinds, 1, side², side²]`, 0 or −100: of windows that hold no border of the rolled map, the
  /// border of its rows, of its columns, and both; the first alone where nothing is shifted.
  let masks: Tensor

  /// Cuts a map; one that is no larger than a window is a window itself, and not shifted.
  ///
  /// `resolution` is a multiple of `window`, or no larger.
  init(resolution: Int, window: Int, isShifted: Bool) {
    let side = min(window, resolution)
    let shift = isShifted && resolution > window ? window / 2 : 0
    let across = resolution / side
    self.side = side
    let cells = (0..<side * side).map { (row: $0 / side, column: $0 % side) }
    let windows = (0..<across * across).map { ($0 / across, $0 % across) }
    tokens = TokenWindows(
      windows.map { row, column in
        cells.map { cell in
          (row * side + cell.row + shift) % resolution * resolution
            + (column * side + cell.column + shift) % resolution
        }
      },
      kinds: windows.map { row, column in
        shift == 0 ? 0 : (row == across - 1 ? 1 : 0) + (column == across - 1 ? 2 : 0)
      })
    relativePositions = cells.flatMap { query in
      cells.map { key in
        (query.row - key.row + side - 1) * (2 * side - 1) + query.column - key.column + side - 1
      }
    }
    let kinds = shift == 0 ? 1 : 4
    masks = Tensor(
      shape: [kinds, 1, side * side, side * side],
      (0..<kinds).flatMap { kind in
        cells.flatMap { query in
          cells.map { key in
            let edge = side - shift
            let isApart =
              (kind & 1 != 0 && (query.row < edge) != (key.row < edge))
              || (kind & 2 != 0 && (query.column < edge) != (key.column < edge))
            return isApart ? -100 : 0
          }
        }
      })
  }
}
