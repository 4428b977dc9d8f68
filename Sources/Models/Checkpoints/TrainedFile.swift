import Sections

/// A file of weights that tells how they were trained: a model's, or one for tumour regions.
public protocol TrainedFile: Sendable {
  /// How it was trained: sections, patients, seed, epochs and what else is known.
  var trainingProtocol: [String: JSON] { get }
  /// The weights.
  var tensors: [StoredTensor] { get }
}

extension TrainedFile {
  /// How it was trained in one line, as far as the file tells.
  public var protocolSummary: String {
    func number(_ key: String) -> String? {
      if case .integer(let number)? = trainingProtocol[key] { String(number) } else { nil }
    }
    if case .string(let summary)? = trainingProtocol["summary"] { return summary }
    if case .string(let file)? = trainingProtocol["importedFrom"] {
      let epoch = number("epoch").map { ", epoch \($0)" } ?? ""
      return "protocol unknown: imported from \(file)\(epoch)"
    }
    if let seed = number("untrainedSeed") { return "not trained: random weights, seed \(seed)" }
    return "protocol unknown"
  }

  /// Where predictions made with it come from, as far as the file tells.
  ///
  /// - Parameters:
  ///   - model: what people call the model.
  ///   - fingerprint: the hash of the weights.
  public func origin(model: String, fingerprint: String) -> PredictionOrigin {
    var origin = PredictionOrigin(summary: protocolSummary)
    origin.model = model
    origin.checkpoint = fingerprint
    if let sections = names("sections"), let patients = names("patients"),
      sections.count == patients.count
    {
      origin.trainedOn = zip(sections, patients).map { .init(section: $0, patient: $1) }
    }
    origin.heldOut = names("heldOut")
    if let training = TrainingProtocol(trainingProtocol) {
      origin.without = training.without
      origin.choosesEpochByHeldOut = training.epochRule == .best
      origin.seed = training.seed
      origin.version = training.version
      origin.facts = training.card.map { .init(label: $0.label, text: $0.text) }
    }
    return origin
  }

  /// The names of the sections that were kept out of training, as far as the file tells.
  public var heldOutSections: [String] { names("heldOut") ?? [] }

  /// The hash of the file that these weights and texts make.
  func fingerprint(_ metadata: [String: String], file: String) throws(CheckpointError) -> String {
    let layout = try Layout(tensors, metadata: metadata, file: file)
    var print = Fingerprint()
    unsafe layout.forEachPiece { piece in unsafe print.add(piece) }
    return "xxh64:\(print.digits)"
  }

  private func names(_ key: String) -> [String]? {
    guard case .array(let values)? = trainingProtocol[key] else { return nil }
    return values.compactMap { if case .string(let name) = $0 { name } else { nil } }
  }
}
