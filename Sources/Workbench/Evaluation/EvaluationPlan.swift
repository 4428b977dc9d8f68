import Foundation
import Models
import Sections

/// What is evaluated: sections, methods, and how they are scored.
///
/// A plain value, so that one process can hand it, a section at a time, to others.
public struct EvaluationPlan: Sendable, Hashable, Codable {
  /// The data set's name, for titles.
  public var dataSet: String
  /// The format of the reader that reads its sections.
  public var format: String
  /// The sections, in the order of tables.
  public var sections: [SectionReference]
  /// The methods, in the order of tables; a path may have `{section}` and `{patient}` in it.
  public var methods: [Method]
  /// Genes that make up the library of panel normalizations; nil for all.
  public var panel: Panel?
  /// The normalization of predictions that do not tell theirs, and of observed clusters.
  public var normalization: Normalization
  /// How they are scored.
  public var settings: EvaluationSettings

  /// Plans an evaluation.
  public init(
    dataSet: String, format: String, sections: [SectionReference], methods: [Method],
    panel: Panel? = nil,
    normalization: Normalization = .released, settings: EvaluationSettings = .init()
  ) {
    self.dataSet = dataSet
    self.format = format
    self.sections = sections
    self.methods = methods
    self.panel = panel
    self.normalization = normalization
    self.settings = settings.fittingPlaces
  }

  /// Plans the evaluation of methods on a data set.
  ///
  /// - Parameter sections: nil for those that no method was trained on, as far as checkpoints tell;
  ///   for all where none tells of a section that is here.
  /// - Throws: when a table of one section is to be scored on several.
  public init(
    of dataSet: DataSet, sections: [SectionReference]?, methods: [Method], panel: Panel?,
    normalization: Normalization, settings: EvaluationSettings
  ) throws(WorkbenchError) {
    let sections = sections ?? dataSet.sections(keptFromTrainingOf: methods)
    guard !sections.isEmpty else {
      throw WorkbenchError("\(dataSet.folder.path) has no sections to score.")
    }
    if sections.count > 1, let table = methods.first(where: \.isOfOneSection) {
      throw WorkbenchError(
        "\(table.name) is a table of one section, and \(sections.count) are to be scored. Name its "
          + "section with --sections, or write {section} in the path where their names differ.")
    }
    self.init(
      dataSet: dataSet.name, format: dataSet.format, sections: sections, methods: methods,
      panel: panel, normalization: normalization, settings: settings)
  }

  /// The same for one of the sections alone.
  public func of(section: SectionReference) -> EvaluationPlan {
    var plan = self
    plan.sections = [section]
    return plan
  }
}

extension DataSet {
  /// The sections that no method was trained on, as far as their checkpoints tell; all where that
  /// leaves none.
  fileprivate func sections(keptFromTrainingOf methods: [Method]) -> [SectionReference] {
    let trained = methods.compactMap { method -> Set<String>? in
      guard case .checkpoint(let url) = method.source, !Method.isOfFolds(path: url.path),
        let checkpoint = try? Checkpoint(reading: url)
      else { return nil }
      return Set(checkpoint.origin(model: "", fingerprint: "").trainedOn?.map(\.section) ?? [])
    }
    let unseen = sections.filter { section in !trained.contains { $0.contains(section.name) } }
    return unseen.isEmpty ? sections : unseen
  }
}
