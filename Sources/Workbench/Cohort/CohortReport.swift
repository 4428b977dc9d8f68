import Evaluation
import Foundation
import Sections

/// What was learned from a cohort, how well it holds, and how it was done.
public struct CohortReport: Sendable, Encodable {
  /// What was predicted.
  public enum Result: Sendable {
    case prognosis(PrognosisResult)
    case response(ResponseResult)
  }

  /// The program's version.
  public let version: String
  /// The table's file name.
  public let table: String
  /// What was predicted.
  public let task: CohortRequest.Task
  /// What learned, and how.
  public let preset: CohortRequest.Preset
  /// What they saw, a phrase each.
  public let maps: [String]
  /// The clinical values they saw.
  public let clinical: [String]
  /// Into how many folds patients were split.
  public let folds: Int
  /// Where random numbers came from.
  public let seeds: [Int]
  /// How often each patient was seen; nil where no network learned.
  public let epochs: Int?
  /// What times count.
  public let timeName: String
  /// How the scores came about, a sentence or two each.
  public let protocolLines: [String]
  /// What the table lacks, a sentence each.
  public let notes: [String]
  /// The risks or the responses, and their scores.
  public let result: Result

  init(
    of cohort: Cohort, _ request: CohortRequest, slides: [Cohort.Slide], maps: SlideMaps,
    clinical: ClinicalValues, result: Result
  ) {
    version = Workbench.version
    table = cohort.url.lastPathComponent
    (task, preset) = (request.task, request.preset)
    (self.maps, self.clinical) = (maps.notes, clinical.names)
    (folds, seeds) = (request.folds, request.seeds)
    epochs = request.preset == .small ? nil : request.recipe(seed: 0).epochs
    timeName = request.timeName
    protocolLines =
      CohortProtocol(
        request: request, maps: maps.notes, clinical: clinical, patients: slides.count
      ).lines
    notes = cohort.notes
    self.result = result
  }

  private enum CodingKeys: String, CodingKey {
    case version, table, task, preset, maps, clinical, folds, seeds, epochs, timeName, notes
    case protocolLines = "protocol"
    case prognosis, response
  }

  /// One object; the result is under the name of the task.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(version, forKey: .version)
    try members.encode(table, forKey: .table)
    try members.encode(task, forKey: .task)
    try members.encode(preset, forKey: .preset)
    try members.encode(maps, forKey: .maps)
    try members.encode(clinical, forKey: .clinical)
    try members.encode(folds, forKey: .folds)
    try members.encode(seeds, forKey: .seeds)
    try members.encodeIfPresent(epochs, forKey: .epochs)
    try members.encode(timeName, forKey: .timeName)
    try members.encode(protocolLines, forKey: .protocolLines)
    try members.encode(notes, forKey: .notes)
    switch result {
    case .prognosis(let result): try members.encode(result, forKey: .prognosis)
    case .response(let result): try members.encode(result, forKey: .response)
    }
  }
}
