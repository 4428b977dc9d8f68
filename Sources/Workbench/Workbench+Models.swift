import Foundation
import Models
import Sections
import TensorCore

extension Workbench {
  /// Tells what a checkpoint is, having checked that its configuration, genes and weights fit.
  public func modelInfo(_ url: URL) throws(WorkbenchError) -> ModelInfo {
    ModelInfo(try openModel(url))
  }

  /// Reads every weight of a checkpoint.
  ///
  /// - Throws: naming the first weight that is not a finite number, beside all that
  ///   ``modelInfo(_:)`` refuses.
  public func verifyModel(_ url: URL) throws(WorkbenchError) -> ModelInfo {
    let opened = try openModel(url)
    try checkFinite(opened.checkpoint.tensors, of: url)
    return ModelInfo(opened)
  }

  func checkFinite(_ tensors: [StoredTensor], of url: URL) throws(WorkbenchError) {
    for tensor in tensors {
      guard let place = tensor.floats().firstIndex(where: { !$0.isFinite }) else { continue }
      throw WorkbenchError(
        "\(url.path): number \(place + 1) of '\(tensor.name)' \(tensor.shape) is not finite. Train "
          + "the model again, or take an earlier checkpoint.")
    }
  }

  /// Makes a checkpoint of weights that other software wrote.
  ///
  /// - Parameters:
  ///   - model: a name of the catalog; nil takes the one that fits.
  ///   - genes: the list of genes in the order of the outputs, text or `.npy`.
  ///   - normalization: what the model was trained to predict; nil for what the authors' are.
  ///   - encoder: the file of the encoder, where the weights are those of the rest alone.
  ///   - settings: `NAME=VALUE` for what the shapes do not tell.
  public func importModel(
    _ url: URL, as model: String?, genes: URL, normalization: Normalization?,
    encoder: URL? = nil, settings: [String], to output: URL, replacing: Bool
  ) throws(WorkbenchError) -> ModelInfo {
    do {
      let entry = try model.map(modelEntry(named:))
      let panel = try Panel(reading: genes)
      let checkpoint = try Checkpoint(
        importing: try TensorFile(reading: url), from: url, as: entry, genes: panel,
        normalization: normalization,
        encoder: try encoder.map { try EncoderCheckpoint(reading: $0) },
        settings: try parsedSettings(settings))
      // Before anything is written: what is written can be predicted with.
      _ = try checkpoint.network(file: url.path)
      try checkpoint.write(to: output, replacing: replacing)
    } catch let error as WorkbenchError { throw error } catch {
      throw WorkbenchError("\(error)")
    }
    return try modelInfo(output)
  }

  /// Makes a checkpoint of a model as it is before training.
  ///
  /// Its predictions mean nothing; it is for trying out, and for measuring speed.
  public func makeUntrainedModel(
    _ model: String, genes: URL, seed: UInt64, settings: [String], to output: URL, replacing: Bool
  ) throws(WorkbenchError) -> ModelInfo {
    do {
      let checkpoint = try Checkpoint(
        untrained: try modelEntry(named: model), genes: try Panel(reading: genes), seed: seed,
        settings: try parsedSettings(settings))
      try checkpoint.write(to: output, replacing: replacing)
    } catch let error as WorkbenchError { throw error } catch {
      throw WorkbenchError("\(error)")
    }
    return try modelInfo(output)
  }
}

/// `NAME=VALUE` pairs by name; a value that is no JSON is a text.
func parsedSettings(_ settings: [String]) throws(WorkbenchError) -> [String: JSON] {
  var members: [String: JSON] = [:]
  for setting in settings {
    let parts = setting.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else {
      throw WorkbenchError("'\(setting)' is no setting. Write NAME=VALUE, as in layers=8.")
    }
    let text = String(parts[1])
    members[String(parts[0])] = JSON(text: text) ?? .string(text)
  }
  return members
}
