import Evaluation
import Foundation
import Sections

extension CohortReport {
  /// Scores, folds and groups as aligned tables, and how they came about.
  public var text: String {
    let body =
      switch result {
      case .prognosis(let result): text(of: result)
      case .response(let result): text(of: result)
      }
    let rules = ["how these scores came about"] + protocolLines.map { "  · \($0)" }
    return (body + [""] + rules).joined(separator: "\n")
  }

  private func text(of result: PrognosisResult) -> [String] {
    let events = result.patients.count { $0.event }
    var groups = TextTable(["group", "patients", "events", "median \(timeName)"], words: 1)
    for row in result.groupRows(timeName: timeName) {
      groups.add([row.name, row.patients.grouped, row.events.grouped, row.median])
    }
    var folds = TextTable(["fold", "patients", "events", "epoch", "concordance"], words: 1)
    for fold in result.folds {
      folds.add([
        name(ofFold: fold.fold, seed: fold.seed), fold.patients.grouped, fold.events.grouped,
        fold.epoch?.grouped ?? "", fold.concordance.text(3),
      ])
    }
    return [
      "\(table): prognosis of \(result.patients.count.grouped) patients, \(events.grouped) with the "
        + "event",
      "  concordance  \(result.concordanceWords)",
    ] + seedLine(result.concordanceOfSeed) + [
      "  curves       \(result.curves(timeName: timeName).testWords)", "",
    ] + groups.lines + [""] + folds.lines
  }

  private func seedLine(_ scores: [Double?]) -> [String] {
    guard seeds.count > 1 else { return [] }
    let scores = zip(seeds, scores).map { "\($1.text(3)) (\($0))" }
    return ["  by seed      \(scores.joined(separator: ", "))"]
  }

  private func text(of result: ResponseResult) -> [String] {
    var confusion = TextTable(
      ["response"] + result.classes.map { "told \($0)" } + ["patients", "right"], words: 1)
    for (kind, row) in result.confusion.enumerated() {
      let size = row.reduce(0, +)
      confusion.add(
        [result.classes[kind]] + row.map(\.grouped)
          + [size.grouped, size == 0 ? "" : (Double(row[kind]) / Double(size)).finite.text(3)])
    }
    var folds = TextTable(["fold", "patients", "epoch", "accuracy"], words: 1)
    for fold in result.folds {
      folds.add([
        name(ofFold: fold.fold, seed: fold.seed), fold.patients.grouped,
        fold.epoch?.grouped ?? "", fold.accuracy.finite.text(3),
      ])
    }
    return [
      "\(table): response of \(result.patients.count.grouped) patients in "
        + "\(result.classes.count) classes",
      "  accuracy     \(result.accuracyWords)",
    ] + seedLine(result.accuracyOfSeed) + [
      "  balanced     \(result.balancedWords)", "  area         \(result.areaWords)", "",
    ] + confusion.lines + [""] + folds.lines
  }

  func name(ofFold fold: Int, seed: Int) -> String {
    seeds.count == 1 ? "\(fold)" : "\(fold), seed \(seed)"
  }
}

extension PrognosisResult {
  /// C, its interval and the number of pairs.
  var concordanceWords: String {
    let range = interval.map {
      "95 % interval \($0[0].finite.text(3)) to \($0[1].finite.text(3)), "
    }
    return "\(concordance.text(3)) out of fold, \(range ?? "")\(pairs.grouped) pairs"
  }

  /// What a table says of each group.
  func groupRows(
    timeName: String
  ) -> [(name: String, patients: Int, events: Int, median: String)] {
    curves(timeName: timeName).groups.map { group in
      (
        group.name, group.followUp.count, group.followUp.events.count { $0 },
        KaplanMeier(of: group.followUp).median.map { Optional($0).text(1) } ?? "not reached"
      )
    }
  }
}

extension ResponseResult {
  var accuracyWords: String {
    "\(accuracy.finite.text(3)) out of fold; always naming the largest class gives "
      + largestShare.finite.text(3)
  }

  var areaWords: String {
    "\(area.text(3)) under the curve, the mean of each class against the others; a guess gives 0.500"
  }

  var balancedWords: String {
    "\(balancedAccuracy.finite.text(3)), the mean of the classes' shares told right; a guess gives "
      + (1 / Double(classes.count)).finite.text(3)
  }
}
