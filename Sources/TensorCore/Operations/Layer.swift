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
    || !TiledLayer.pays(rows: rows)
  {
    let result = epilogue(linear(x, weight, bias))
    return residual.map { result + $0 } ?? result
  }
  let result = TiledLayer(x.reshaped(to: [rows, inputs]))(
    weight, bias, epilogue, residual: residual?.reshaped(to: [rows, outputs]))
  return result.reshaped(to: x.shape.dropLast() + [outputs])
}

/// Rows laid out to be multiplied with the weights of layers, which are read where they lie.
///
/// OpenBLAS copies weights into an order of its own at every call: up to a fifth of the time where
/// there are some hundred rows.
struct TiledLayer {
  let level, rows, inputs: Int
  let panels: Tensor  // [rows, those of zeros included, inputs], in panels

  /// Takes `[rows, inputs]`; a `level` below the machine's is for tests.
  init(_ x: Tensor, level: Int = eosin_tile_level()) {
    precondition(x.rank == 2, "a layer takes [rows, inputs], not \(x.shape)")
    let (rows, inputs) = (x.shape[0], x.shape[1])
    (self.level, self.rows, self.inputs) = (level, rows, inputs)
    // Safety: x has rows · inputs elements, and the panels as many as `eosin_panel_rows` wants;
    // each piece writes its own columns.
    panels = unsafe x.withElements { x in
      unsafe Tensor(shape: [eosin_panel_rows(level, rows), inputs]) { panels in
        inParallel(inputs, smallest: max(smallestPiece / max(rows, 1), 1)) { columns in
          unsafe eosin_pack_rows(
            level, x, rows, inputs, panels, columns.lowerBound, columns.upperBound)
        }
      }
    }
  }

  /// Whether so many rows fill the panels well enough.
  static func pays(rows: Int) -> Bool { eosin_panel_rows(eosin_tile_level(), rows) * 4 <= rows * 5 }

  /// `epilogue(rows · weightᵀ + bias) + residual`, `[rows, outputs]`.
  func callAsFunction(
    _ weight: Tensor, _ bias: Tensor? = nil, _ epilogue: Epilogue = .none, residual: Tensor? = nil
  ) -> Tensor {
    let outputs = weight.shape[0]
    precondition(
      weight.shape == [outputs, inputs] && bias?.shape ?? [outputs] == [outputs]
        && residual?.shape ?? [rows, outputs] == [rows, outputs],
      "a weight of \(weight.shape), a bias of \(bias?.shape ?? []) and a residual of "
        + "\(residual?.shape ?? []) do not fit \([rows, inputs])")
    // Outputs that a thread makes at a time: few enough for their weights to fit into its cache, but
    // so many that the panels, where they are long, need not be read too often.
    let block = inputs > 8192 ? 128 : 64
    // Safety: all sizes as just checked; each item writes its own columns.
    return unsafe panels.withElements { panels in
      unsafe weight.withElements { weight in
        unsafe withElements(of: bias) { bias in
          unsafe withElements(of: residual) { residual in
            unsafe Tensor(shape: [rows, outputs]) { out in
              forEachInParallel((outputs + block - 1) / block) { item in
                unsafe eosin_layer(
                  level, panels, rows, inputs, weight, bias, residual, epilogue.activation, out,
                  outputs, item * block, min((item + 1) * block, outputs))
              }
            }
          }
        }
      }
    }
  }
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
  fileprivate var activation: eosin_activation {
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
