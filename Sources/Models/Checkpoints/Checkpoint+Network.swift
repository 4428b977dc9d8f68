import Sections
import TensorCore

extension Checkpoint {
  /// The network that the checkpoint is of, its weights left in the mapped file where they lie
  /// there as `Float`.
  ///
  /// - Parameter file: the checkpoint's path, for messages.
  /// - Throws: when the catalog has no such model, or configuration, genes and weights do not fit
  ///   each other. Nothing is made of sizes that the weights themselves do not have.
  public func network(file: String) throws(CheckpointError) -> any ExpressionModel {
    try modelType(file: file).network(of: self, file: file)
  }

  /// The catalog's row for the checkpoint's model.
  public func entry(file: String) throws(CheckpointError) -> ModelEntry {
    do { return try modelEntry(named: modelName) } catch {
      throw CheckpointError(file: file, problem: "needs another Eosin. \(error.description)")
    }
  }

  private func modelType(file: String) throws(CheckpointError) -> any ExpressionModel.Type {
    try entry(file: file).model
  }
}

extension ExpressionModel {
  fileprivate static func network(
    of checkpoint: Checkpoint, file: String
  ) throws(CheckpointError) -> Self {
    let configuration = try configuration(
      checkpoint.configuration, of: checkpoint.tensors, file: file)
    guard checkpoint.genes.count == configuration.genes else {
      throw CheckpointError(
        file: file,
        problem: "names \(checkpoint.genes.count) genes and predicts \(configuration.genes). Copy "
          + "it again, or import it anew.")
    }
    return try network(configuration, of: checkpoint.tensors, file: file)
  }
}

extension StoredTensor {
  /// The values as a tensor, without a copy where they lie in the file as a tensor's do.
  func tensor() -> Tensor {
    if let start = unsafe borrowedFloats {
      // Safety: `borrowedFloats` found `count` floats in a source that is never written to.
      return unsafe Tensor(shape: shape, borrowing: start, of: source)
    }
    return Tensor(shape: shape, floats())
  }

  /// Where the values lie, if they are packed floats of this machine's at an even address.
  private var borrowedFloats: UnsafePointer<Float>? {
    guard type == .float32, isPacked, !isBigEndian, 1.littleEndian == 1, count > 0 else {
      return nil
    }
    // Safety: the range is that of the values; the pointer is used only while the source lives.
    return unsafe source.withBytes(in: start..<start + byteCount) { bytes in
      guard let address = bytes.baseAddress,
        UInt(bitPattern: address).isMultiple(of: UInt(MemoryLayout<Float>.alignment))
      else { return nil }
      return unsafe address.assumingMemoryBound(to: Float.self)
    }
  }
}
