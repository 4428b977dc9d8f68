import Sections

extension Checkpoint {
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

  private func names(_ key: String) -> [String]? {
    guard case .array(let values)? = trainingProtocol[key] else { return nil }
    return values.compactMap { if case .string(let name) = $0 { name } else { nil } }
  }
}
