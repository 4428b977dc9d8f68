import Foundation
import Models
import TensorCore

/// The encoder that a model with a frozen one is trained on top of.
///
/// A run keeps its own in its folder: it goes on with the same, wherever the file it came from is.
struct TrainingEncoder {
  /// The encoder in its file's form.
  let checkpoint: EncoderCheckpoint
  /// Its weights as the model's checkpoint names them.
  let weights: [String: Tensor]
  /// Which encoder it is and where it comes from.
  let summary: String

  /// Takes the encoder of the run in a folder that is gone on with; else that of a file; else one of
  /// the settings given, with weights by chance.
  init(
    of file: URL?, settings: EncoderSettings, seed: Int, in folder: URL?, _ start: RunStart
  ) throws(WorkbenchError) {
    let kept = folder?.appending(path: RunFolder.encoderName)
    let isKept = kept.map { FileManager.default.fileExists(atPath: $0.path) } ?? false
    let source = start == .resumed && isKept ? kept : file
    let path = source?.path ?? "an encoder by chance"
    do {
      checkpoint =
        try source.map { try EncoderCheckpoint(reading: $0) }
        ?? EncoderCheckpoint(untrained: settings, seed: seed)
      weights = try checkpoint.frozen(file: path)
      summary = checkpoint.summary(fingerprint: try checkpoint.fingerprint(file: path))
    } catch let error as CheckpointError {
      throw WorkbenchError(error.description)
    } catch { throw WorkbenchError("\(error)") }
  }

  /// Puts it into the folder of a run.
  func keep(in folder: URL) throws(WorkbenchError) {
    do {
      try checkpoint.write(to: folder.appending(path: RunFolder.encoderName), replacing: true)
    } catch { throw WorkbenchError(error.description) }
  }
}
