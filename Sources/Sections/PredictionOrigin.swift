/// Where a prediction comes from, as far as anybody tells: what travels with it into caches, exported
/// files and protocol cards.
///
/// Everything but the summary is optional. That a section was kept out of training can only be said
/// where ``trainedOn`` tells what was in it.
public struct PredictionOrigin: Sendable, Hashable, Codable {
  /// A section and whose tissue it is.
  public struct Member: Sendable, Hashable, Codable {
    /// The section's name.
    public var section: String
    /// Its patient.
    public var patient: String

    /// Names both.
    public init(section: String, patient: String) {
      self.section = section
      self.patient = patient
    }
  }

  /// A line of a card: what it is about, and what it says.
  public struct Fact: Sendable, Hashable, Codable {
    /// What it is about, in a word or two.
    public var label: String
    /// What it says.
    public var text: String

    /// Takes both as they are.
    public init(label: String, text: String) {
      self.label = label
      self.text = text
    }
  }

  /// How the values came about, in one line.
  public var summary: String
  /// The model, by what people call it.
  public var model: String?
  /// The parts of the network that were left out; nil where nobody says.
  public var without: [String]?
  /// The sections trained on; nil where nobody says.
  public var trainedOn: [Member]?
  /// The sections kept out of training, by name.
  public var heldOut: [String]?
  /// Whether the epoch was chosen by the score on the sections held out, which are then not unseen.
  public var choosesEpochByHeldOut: Bool?
  /// Where the random numbers of the training came from.
  public var seed: Int?
  /// The version of Eosin that trained it.
  public var version: String?
  /// The hash of the weights.
  public var checkpoint: String?
  /// More of the protocol, a line each.
  public var facts: [Fact]?

  /// Says what can be said in one line, and nothing else yet.
  public init(summary: String) { self.summary = summary }
}

/// What a model knew of a section before it predicted it, from the least to what cannot be told.
public enum Standing: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// No section of the patient was in training.
  case patientUnseen = "patient not in training"
  /// Other sections of the patient were in training, this one was not.
  case patientSeen = "patient seen in training"
  /// The section itself was in training.
  case trainedOn = "section trained on"
  /// Nobody tells what was in training.
  case unknown = "protocol unknown"

  /// Whether the first leaves less doubt about a score than the second.
  public static func < (first: Standing, second: Standing) -> Bool {
    let order = allCases
    return (order.firstIndex(of: first) ?? 0) < (order.firstIndex(of: second) ?? 0)
  }
}

extension PredictionOrigin {
  /// What the model knew of a section.
  public func standing(ofSection section: String, patient: String) -> Standing {
    guard let trainedOn else { return .unknown }
    if trainedOn.contains(Member(section: section, patient: patient)) { return .trainedOn }
    return trainedOn.contains { $0.patient == patient } ? .patientSeen : .patientUnseen
  }

  /// The names of the models' parts left out, as in `without ViT`; nil for the whole model.
  public var ablation: String? {
    guard let without, !without.isEmpty else { return nil }
    return "without \(without.joined(separator: ", "))"
  }
}
