import Foundation
import Sections

/// How a checkpoint came about: what travels with its weights and is printed on its card.
public struct TrainingProtocol: Codable, Sendable, Equatable {
  /// What is kept apart as a whole when models are tested.
  public enum Unit: String, Codable, Sendable, CaseIterable {
    /// Single sections, as in the papers: others of the same patient may be in training.
    case section
    /// All sections of a patient together.
    case patient
  }

  /// Which epoch's weights are kept.
  public enum EpochRule: String, Codable, Sendable, CaseIterable {
    /// The last one's, whatever it scores: the default.
    case last
    /// The ones that scored best on the sections held out, which are then no longer unseen.
    case best
  }

  /// A section and whose tissue it is.
  public typealias Member = PredictionOrigin.Member

  /// The preset's name.
  public var preset: String
  /// Parts of the network that were left out.
  public var without: [String] = []
  /// The network's sizes and settings that differ from the authors', as JSON by name.
  public var network: [String: String]?
  /// The frozen encoder that the network sees through, in words, as
  /// ``EncoderCheckpoint/summary(fingerprint:)`` has them.
  public var encoder: String?
  /// The sections trained on.
  public var trainedOn: [Member]
  /// The sections kept out of training.
  public var heldOutSections: [Member]
  /// By which unit they were kept out.
  public var unit: Unit
  /// How the genes were chosen, in words.
  public var panel: String
  /// The labels that count as tumour, in place of genes; nil for a model of expression.
  public var tumour: [String]?
  /// How it was trained.
  public var recipe: TrainingRecipe
  /// The file whose weights, all but the last layer's, it began with; nil where all were by chance.
  public var start: String?
  /// Where all random numbers came from.
  public var seed: Int
  /// How many epochs the weights have seen.
  public var epoch: Int
  /// Which epoch's weights these are.
  public var epochRule: EpochRule
  /// Whether the score on the sections held out was watched during training.
  public var isMonitored: Bool
  /// The threads that the bits depend on.
  public var threads: Int
  /// The version of Eosin.
  public var version: String

  /// Describes a training.
  public init(
    preset: String, without: [String], network: [String: String]? = nil, encoder: String? = nil,
    trainedOn: [Member], heldOut: [Member], unit: Unit,
    panel: String, recipe: TrainingRecipe, start: String? = nil, seed: Int, epoch: Int,
    epochRule: EpochRule,
    isMonitored: Bool, threads: Int, version: String
  ) {
    self.preset = preset
    self.without = without
    self.network = network
    self.encoder = encoder
    self.trainedOn = trainedOn
    heldOutSections = heldOut
    self.unit = unit
    self.panel = panel
    self.recipe = recipe
    self.start = start
    self.seed = seed
    self.epoch = epoch
    self.epochRule = epochRule
    self.isMonitored = isMonitored
    self.threads = threads
    self.version = version
  }

  /// Patients of whom some sections are held out and others were in training.
  public var patientsSeen: [String] {
    let seen = Set(trainedOn.map(\.patient))
    return Set(heldOutSections.map(\.patient)).filter(seen.contains).sorted()
  }

  /// The protocol in one line.
  public var summary: String {
    var parts = ["trained on \(names(trainedOn))"]
    if !heldOutSections.isEmpty {
      parts.append("\(names(heldOutSections)) held out by \(unit.rawValue)")
    }
    parts += patientsSeen.map { "patient \($0) seen in training" }
    if !without.isEmpty { parts.append("without \(without.joined(separator: ", "))") }
    parts.append("epoch \(epoch) of \(recipe.epochs)\(epochWords)")
    parts.append("preset \(preset)")
    return parts.joined(separator: "; ")
  }

  /// The card: a label and what it says, a line each.
  public var card: [(label: String, text: String)] {
    var lines = [
      ("trained on", "\(names(trainedOn)); patients \(patients(trainedOn))"),
      ("held out", heldOutText),
      tumour.map { ("tumour", $0.joined(separator: ", ")) } ?? ("genes", panel),
      (
        "preset",
        preset + (without.isEmpty ? "" : ", without \(without.joined(separator: ", "))")
      ),
      ("recipe", recipe.text),
      ("epoch", "\(epoch) of \(recipe.epochs)\(epochWords)"),
      ("seed", "\(seed), \(threads) threads, Eosin \(version)"),
    ]
    if let start {
      lines.insert(("begun with", "all but the last layer of \(start)"), at: 4)
    }
    if let encoder { lines.insert(("encoder", "\(encoder); not trained"), at: 4) }
    if let network { lines.insert(("network", text(of: network)), at: 4) }
    if isMonitored {
      lines.append(("watched", "the score on the held-out sections was looked at in training"))
    }
    return lines
  }

  /// The protocol as a checkpoint carries it, with what its readers look for by name.
  public var members: [String: JSON] {
    guard case .object(var members)? = try? JSON(encoding: self) else {
      preconditionFailure("a protocol is a structure of plain values")
    }
    members["summary"] = .string(summary)
    members["sections"] = .array(trainedOn.map { .string($0.section) })
    members["patients"] = .array(trainedOn.map { .string($0.patient) })
    members["heldOut"] = .array(heldOutSections.map { .string($0.section) })
    return members
  }

  /// The protocol that a checkpoint carries; nil where it was not trained here.
  public init?(_ members: [String: JSON]) {
    guard let decoded = try? JSON.object(members).decoded(as: TrainingProtocol.self) else {
      return nil
    }
    self = decoded
  }

  private func text(of network: [String: String]) -> String {
    // The encoder has a line of its own.
    let network = network.filter { $0.key != "encoder" || encoder == nil }
    guard !network.isEmpty else { return "the authors' sizes" }
    let settings = network.sorted { $0.key < $1.key }.map { name, value in
      "\(name) \(value.trimmingCharacters(in: ["\""]))"
    }
    return "the authors' but for \(settings.joined(separator: ", "))"
  }

  private var epochWords: String {
    switch epochRule {
    case .last: epoch == recipe.epochs ? ", the last" : ", the last so far"
    case .best: ", the best on the held-out sections"
    }
  }

  private var heldOutText: String {
    guard !heldOutSections.isEmpty else { return "nothing" }
    let seen = patientsSeen.map { "patient \($0) seen in training" }
    let words = seen.isEmpty ? ["no section of these patients in training"] : seen
    return
      (["\(names(heldOutSections)), by \(unit.rawValue)"] + words).joined(separator: "; ")
  }

  private func names(_ members: [Member]) -> String {
    members.map(\.section).joined(separator: ", ")
  }

  private func patients(_ members: [Member]) -> String {
    Set(members.map(\.patient)).sorted().joined(separator: ", ")
  }
}
