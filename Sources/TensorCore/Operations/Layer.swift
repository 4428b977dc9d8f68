import CKernels

/// `epilogue(x · weightᵀ + bias) + residual`: a layer and what follows it in one pass over memory.
///
/// Shape: `x` is `[..., inputs]`, `weight` `[outputs, inputs]`, `bias` `[outputs]`, `residual` and the
/// result `[..., outputs]`. Where gradients are wanted it is made step by step.
public func linear(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, epilogue: Epilogue,
  residual: Tensor? = nil
) -> Tensor {
  let (outputs, inputs) = (weight.shape[0], weight.shape[1])
  let rows = x.count / max(inputs, 1)
  let tracked = x.isTracked || weight.isTracked || bias?.isTracked ?? false
  if tracked || residual?.isTracked ?? false || inputs == 0
    || !panelsPay(rows: rows)
  {
    let result = epilogue(linear(x, weight, bias))
    return residual.map { result + $0 } ?? result
  }
  let result = tiledLayer(
    x.reshaped(to: [rows, inputs]), weight, bias, epilogue,
    residual: residual?.reshaped(to: [rows, outputs]))
  return result.reshaped(to: x.shape.dropLast() + [outputs])
}

/// The same for `[rows, inputs]`, untracked; a `level` below the machine's is for tests.
func tiledLayer(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, _ epilogue: Epilogue = .none,
  residual: Tensor? = nil, level: Int = eosin_tile_level()
) -> Tensor {
  // Inputs taken at a time, where there are very many: the rows laid out stay in the cache.
  let (inputs, most) = (x.shape[1], 4096)
  var sum: Tensor?
  var start = 0
  while epilogue == .none, residual == nil, inputs - start > most {
    sum = TiledLayer(x, columns: start..<start + most, level: level)(weight, residual: sum)
    start += most
  }
  return TiledLayer(x, columns: start..<inputs, level: level)(
    weight, bias, epilogue, residual: sum ?? residual)
}

/// Rows laid out to be multiplied with the weights of layers, which are read where they lie.
///
/// OpenBLAS copies weights into an order of its own at every call: up to a fifth of the time where
/// there are some hundred rows.
private struct TiledLayer {
  let level, rows: Int
  let columns: Range<Int>
  let panels: Tensor  // [rows, those of zeros included, columns], in panels

  /// Takes some columns of `[rows, inputs]`.
  init(_ x: Tensor, columns: Range<Int>, level: Int) {
    precondition(
      x.rank == 2 && columns.lowerBound >= 0 && columns.upperBound <= x.shape[1],
      "a layer takes [rows, inputs], not columns \(columns) of \(x.shape)")
    let (rows, stride) = (x.shape[0], x.shape[1])
    (self.level, self.rows, self.columns) = (level, rows, columns)
    // Safety: x has rows · stride elements, and the panels as many as `eosin_panel_rows` wants;
    // each piece writes its own columns.
    panels = unsafe x.withElements { x in
      unsafe Tensor(shape: [eosin_panel_rows(level, rows), columns.count]) { panels in
        let start = unsafe x + columns.lowerBound
        inParallel(columns.count, smallest: max(smallestPiece / max(rows, 1), 1)) { piece in
          unsafe eosin_pack_rows(
            level, start, stride, rows, columns.count, panels, piece.lowerBound, piece.upperBound)
        }
      }
    }
  }

  /// `epilogue(rows · weightᵀ + bias) + residual`, `[rows, outputs]`, with the same columns of the
  /// weight.
  func callAsFunction(
    _ weight: Tensor, _ bias: Tensor? = nil, _ epilogue: Epilogue = .none, residual: Tensor? = nil
  ) -> Tensor {
    let (outputs, stride) = (weight.shape[0], weight.shape[1])
    precondition(
      columns.upperBound <= stride && bias?.shape ?? [outputs] == [outputs]
        && residual?.shape ?? [rows, outputs] == [rows, outputs],
      "a weight of \(weight.shape), a bias of \(bias?.shape ?? []) and a residual of "
        + "\(residual?.shape ?? []) do not fit \(rows) rows of \(columns)")
    // Outputs that a thread makes at a time; their weights fit into its cache.
    let block = 64
    // Safety: all sizes as just checked; each item writes its own columns.
    return unsafe panels.withElements { panels in
      unsafe weight.withElements { weight in
        unsafe withElements(of: bias) { bias in
          unsafe withElements(of: residual) { residual in
            unsafe Tensor(shape: [rows, outputs]) { out in
              forEachInParallel((outputs + block - 1) / block) { item in
                unsafe eosin_layer(
                  level, panels, rows, columns.count, weight + columns.lowerBound, stride, bias,
                  residual, epilogue.activation, out, outputs, item * block,
                  min((item + 1) * block, outputs))
              }
            }
          }
        }
      }
    }
  }
}

/// Whether so many rows fill the panels well enough.
func panelsPay(rows: Int) -> Bool {
  eosin_panel_rows(eosin_tile_level(), rows) * 4 <= rows * 5
}

/// Calls `body` with the elements, or with nothing.
@unsafe func withElements<Result>(
  of tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> Result
) -> Result {
  guard let tensor else { return body(nil) }
  return unsafe tensor.withElements { unsafe body($0) }
}

extension Epilogue {
  /// The same as the kernels of `CKernels` name it.
  var activation: eosin_activation {
    switch self {
    case .none: eosin_no_activation
    case .relu: eosin_relu_activation
    case .gelu: eosin_gelu_activation
    }
  }

  /// The epilogue by itself, which gradients flow through.
  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .none: x
    case .relu: TensorCore.relu(x)
    case .gelu: TensorCore.gelu(x)
    }
  }
}
