import Foundation
import Models
import Sections

/// What to train and how to hold out.
public struct TrainingPlan: Sendable {
  /// The model's name in the catalog.
  public var model: String
  /// The sections at hand, those held out among them or not.
  public var sections: [SectionReference]
  /// The sections no training sees before they are predicted.
  public var heldOut: [SectionReference] = []
  /// The unit of a cross-validation, in which each of the sections held out (all, where none is
  /// named) is predicted by a model trained on the rest; nil for a single training.
  public var crossValidation: TrainingProtocol.Unit?
  /// The genes to predict.
  public var genes = GeneChoice.rule(GeneRule())
  /// What to predict.
  public var normalization = Normalization.released
  /// How a network is trained; the baseline is fitted in one way only.
  public var network = NetworkPlan()

  /// Plans a training of a model on sections, nothing held out.
  public init(model: String, sections: [SectionReference]) {
    self.model = model
    self.sections = sections
  }
}

/// How a network is trained, where it differs from its first preset.
public struct NetworkPlan: Sendable {
  /// The preset's name; nil for the model's first.
  public var preset: String?
  /// Parts of the network to leave out.
  public var without: [String] = []
  /// `NAME=VALUE` for sizes of the network and values of the recipe.
  public var settings: [String] = []
  /// How many epochs.
  public var epochs: Int?
  /// The rate at the first epoch.
  public var learningRate: Double?
  /// A file whose weights, all but the last layer's, the network begins with in place of chance: an
  /// earlier checkpoint's, or a backbone's trained elsewhere.
  public var start: URL?
  /// The file of the encoder that a model with a frozen one sees through; nil for one of the preset's
  /// sizes with weights by chance.
  public var encoder: URL?
  /// Where all random numbers come from.
  public var seed: Int?
  /// Whether the sections held out are scored after each epoch.
  public var isMonitored = false
  /// Which epoch's weights are kept.
  public var epochRule = TrainingProtocol.EpochRule.last

  /// As the preset has it.
  public init() {}
}

/// One training: the names of the sections it sees, and of those it is scored on.
struct TrainingFold: Sendable {
  let trained: [String]
  let heldOut: [String]
  let unit: TrainingProtocol.Unit
}

extension TrainingPlan {
  /// Every section, once.
  var all: [SectionReference] {
    sections + heldOut.filter { held in !sections.contains { $0.name == held.name } }
  }

  /// The trainings, one for a plain plan.
  func folds() throws(WorkbenchError) -> [TrainingFold] {
    let groups: [[SectionReference]]
    let tested = heldOut.isEmpty ? all : heldOut
    switch crossValidation {
    case nil: groups = [heldOut]
    case .section: groups = tested.map { [$0] }
    case .patient:
      var patients: [String] = []
      for section in tested where !patients.contains(section.patient) {
        patients.append(section.patient)
      }
      // All of a patient's sections leave the training, asked for or not.
      groups = patients.map { patient in all.filter { $0.patient == patient } }
    }
    let folds = groups.map { group in
      let names = group.map(\.name)
      return TrainingFold(
        trained: all.map(\.name).filter { !names.contains($0) },
        heldOut: names.filter { name in
          crossValidation == nil || tested.contains { $0.name == name }
        }, unit: crossValidation ?? .section)
    }
    guard folds.allSatisfy({ !$0.trained.isEmpty }) else {
      let what =
        crossValidation == .patient
        ? "All sections are of one patient" : "Every section is held out"
      throw WorkbenchError(
        "\(what), so there is none to train on. Name more with --sections.")
    }
    return folds
  }
}
