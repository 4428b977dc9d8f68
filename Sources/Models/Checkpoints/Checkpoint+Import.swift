import Foundation
import Sections

extension Checkpoint {
  /// Makes a checkpoint of a file that other software wrote.
  ///
  /// The configuration is read off the shapes; what they do not tell has the authors' values unless
  /// `settings` says otherwise.
  ///
  /// - Parameters:
  ///   - entry: the model; nil takes the one whose names and shapes fit.
  ///   - genes: the genes it predicts, in the order of its outputs.
  ///   - normalization: what it was trained to predict; nil for what the authors' are.
  ///   - encoder: what the model sees sections through, where the file holds the rest alone.
  ///   - settings: values of the configuration by name, such as `graphAttention`.
  /// - Throws: with the names that are missing, not expected or of another shape, and the model
  ///   that would fit.
  public init(
    importing file: TensorFile, from url: URL, as entry: ModelEntry?, genes: Panel,
    normalization: Normalization?, encoder: EncoderCheckpoint? = nil,
    settings: [String: JSON] = [:]
  ) throws(CheckpointError) {
    let file = encoder.map(file.beside) ?? file
    let settings =
      encoder.map { settings.merging(["encoder": $0.settings.json]) { $1 } } ?? settings
    let nearest = NameMatch.nearest(
      modelCatalog.map { ($0.name, $0.model.match(file.tensors, genes: genes.genes.count)) })
    func refused(_ problem: String) -> CheckpointError {
      CheckpointError(file: url.path, problem: problem)
    }
    if entry == nil, nearest?.match.isExact != true,
      let encoder = encoderCatalog.first(where: { $0.prefixes(in: file.names).count == 1 }),
      !file.names.contains(where: { $0.hasPrefix(FrozenEncoder.prefix) })
    {
      throw refused(
        "holds the encoder \(encoder.title), which predicts nothing by itself. Import it as one: "
          + "--model \(encoder.name).")
    }
    let names = modelCatalog.map(\.name).joined(separator: ", ")
    guard let wanted = entry?.name ?? nearest?.name,
      let chosen = modelCatalog.first(where: { $0.name == wanted })
    else {
      throw refused("has no weight of any model Eosin knows: \(names).")
    }
    self = try chosen.model.imported(
      file, url, genes: genes, normalization: normalization, settings: settings,
      nearest: nearest)
  }
}

extension ExpressionModel {
  fileprivate static func imported(
    _ file: TensorFile, _ url: URL, genes: Panel, normalization: Normalization?,
    settings: [String: JSON], nearest: (name: String, match: NameMatch)?
  ) throws(CheckpointError) -> Checkpoint {
    let tensors = translated(file.tensors, genes: genes.genes.count)
    let configuration = try configuration(
      importing: tensors, settings: settings, file: url.path,
      advice: advice(nearest) + adviceOnEncoder(tensors))
    guard genes.genes.count == configuration.genes else {
      throw CheckpointError(
        file: url.path,
        problem: "predicts \(configuration.genes) genes, and \(genes.name) names "
          + "\(genes.genes.count) different ones. Give the list the model was trained with.")
    }
    var history: [String: JSON] = ["importedFrom": .string(url.lastPathComponent)]
    for key in ["epoch", "global_step"] {
      if case .integer(let number)? = file.metadata[key] { history[key] = .integer(number) }
    }
    return Checkpoint(
      modelName: entry.name, configuration: configuration.members, genes: genes.genes,
      normalization: normalization ?? usualNormalization, trainingProtocol: history,
      tensors: tensors)
  }

  /// The names and shapes of a file beside those of the network that fits its shapes best.
  fileprivate static func match(_ tensors: [StoredTensor], genes: Int) -> NameMatch {
    let tensors = translated(tensors, genes: genes)
    return NameMatch(
      expected: expected(fitting: ParameterShapes(tensors)),
      found: tensors.map { NameMatch.Parameter($0) })
  }

  private static func adviceOnEncoder(_ tensors: [StoredTensor]) -> String {
    guard self is any FrozenEncoderModel.Type,
      !tensors.contains(where: { $0.name.hasPrefix(FrozenEncoder.prefix) })
    else { return "" }
    return " The file holds no encoder: name that of the one it was trained with, by --encoder."
  }

  private static func advice(_ nearest: (name: String, match: NameMatch)?) -> String {
    guard let nearest, nearest.name != entry.name else { return "" }
    return nearest.match.isExact
      ? " It fits \(nearest.name): say --model \(nearest.name)."
      : " The nearest model is \(nearest.name), \(nearest.match.matchCount) of whose names fit."
  }
}
