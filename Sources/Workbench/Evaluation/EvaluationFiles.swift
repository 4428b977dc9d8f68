import Evaluation
import Foundation
import Sections

/// An evaluation's tables as CSV files in a folder, and its cards beside them.
///
/// | file | rows |
/// |---|---|
/// | `methods.csv` | method, section (empty for the mean), genes summarized |
/// | `genes.csv` | method, section, gene: every measure |
/// | `paired.csv` | pair of methods, section, gene: difference and its interval |
/// | `neighbours.csv` | method, pair of neighbouring sections: consistency, observed beside it |
/// | `clusters.csv` | section, expression, seed |
/// | `protocol.json` | every method's card |
public struct EvaluationFiles {
  private let report: EvaluationReport

  /// Takes what is written.
  public init(_ report: EvaluationReport) { self.report = report }

  private static let cards = "protocol.json"
  private static let tables = [
    "methods.csv", "genes.csv", "paired.csv", "neighbours.csv", "clusters.csv",
  ]

  /// Refuses a folder that has some of the files already, so that no two evaluations mix.
  ///
  /// - Throws: naming the first of them, unless they may be replaced.
  public static func check(_ folder: URL, replacing: Bool) throws(WorkbenchError) {
    for name in tables + [cards] where !replacing {
      let url = folder.appending(path: name)
      guard !FileManager.default.fileExists(atPath: url.path) else {
        throw WorkbenchError("\(url.path) is there already. Take another folder, or pass --force.")
      }
    }
  }

  /// Writes the files, each whole or not at all; files without rows are left out.
  ///
  /// - Throws: before anything is written, when one of them is there and may not be replaced.
  public func write(to folder: URL, replacing: Bool) throws(WorkbenchError) {
    try Self.check(folder, replacing: replacing)
    let files = self.files.filter { $0.lines.count > 1 }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw WorkbenchError("\(folder.path): cannot be made a folder: \(error.localizedDescription)")
    }
    do {
      for file in files {
        let text = file.lines.joined(separator: "\n") + "\n"
        try writeWhole(
          Array(text.utf8), to: folder.appending(path: file.name), replacing: replacing)
      }
      try writeWhole(
        Array(cardsAsJSON) + [UInt8(ascii: "\n")], to: folder.appending(path: Self.cards),
        replacing: replacing)
    } catch { throw WorkbenchError("\(error)") }
  }

  private typealias File = (name: String, lines: [String])

  private var files: [File] {
    Array(zip(Self.tables, [methods, genes, paired, neighbours, clusters]))
  }

  private var cardsAsJSON: Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(report.cards)) ?? Data()  // Plain values: nothing to fail.
  }

  private var methods: [String] {
    let measures = GeneMeasure.allCases.map(\.rawValue)
    let heading =
      [
        "method", "section", "subset", "mean", "median", "q1", "q3", "genes", "constant",
        "constant_genes", "attainable", "share", "lower", "upper", "protocol",
      ] + measures.map { "mean_\($0)" }
    return [row(heading)]
      + report.summaries.map { summary in
        let numbers = summary.correlation
        let scores = [
          numbers.mean, numbers.median, numbers.lowerQuartile, numbers.upperQuartile,
        ].map(number)
        return row(
          [summary.method, summary.section ?? "", summary.subset.rawValue] + scores
            + [String(numbers.genes), String(numbers.constantGenes)]
            + [report.settings.constantGenes.rawValue, number(summary.attainable?.attainable)]
            + [number(summary.attainable?.share), number(summary.interval?.lower)]
            + [number(summary.interval?.upper), summary.standing.rawValue]
            + measures.map { number(summary.means[$0]) })
      }
  }

  private var genes: [String] {
    let measures = GeneMeasure.allCases.map(\.rawValue)
    let heading =
      [
        "method", "section", "gene", "mean", "variance", "morans_i", "gearys_c", "attainable",
        "attainable_spread", "protocol",
      ] + measures
    return [row(heading)]
      + report.sections.flatMap { section in
        section.methods.flatMap { columns in
          let missing = Set(columns.missingGenes)
          let values = measures.map { columns.measures[$0] }
          return section.genes.indices.filter { !missing.contains(section.genes[$0]) }.map { gene in
            let observed = section.observed
            let known = [observed.mean, observed.variance, observed.moransI, observed.gearysC]
              .map { number($0[gene]) }
            return row(
              [columns.method, section.section, section.genes[gene]] + known
                + [number(columns.attainable?[gene]), number(columns.attainableSpread?[gene])]
                + [columns.standing.rawValue] + values.map { number($0?[gene]) })
          }
        }
      }
  }

  private var paired: [String] {
    [row(["first", "second", "section", "gene", "difference", "lower", "upper", "protocol"])]
      + report.sections.flatMap { section in
        section.pairs.flatMap { pair in
          let first = section.pearson(of: pair.first)
          let second = section.pearson(of: pair.second)
          let standing = [pair.first, pair.second].compactMap { section.method($0)?.standing }.max()
          return section.genes.indices.filter { (first[$0] - second[$0]).isFinite }.map { gene in
            row(
              [pair.first, pair.second, section.section, section.genes[gene]]
                + [first[gene] - second[gene], pair.lower[gene], pair.upper[gene]].map(number)
                + [standing?.rawValue ?? ""])
          }
        }
      }
  }

  private var neighbours: [String] {
    let heading = [
      "method", "patient", "first", "second", "spots", "genes", "spotwise", "observed_spotwise",
      "profile", "observed_profile",
    ]
    return [row(heading)]
      + report.consistency.map { pair in
        let names = [pair.method, pair.patient, pair.first, pair.second]
        let numbers = [
          pair.predicted.spotwise, pair.observed.spotwise, pair.predicted.profile,
          pair.observed.profile,
        ].map(number)
        return row(names + [pair.matchedSpots, pair.genes].map(String.init) + numbers)
      }
  }

  private var clusters: [String] {
    let heading = row(
      ["section", "expression", "recipe", "clusters", "spots", "seed", "ari", "nmi", "inertia"])
    return report.sections.reduce(into: [heading]) { lines, section in
      guard let clusters = section.clusters else { return }
      let recipe = clusters.recipe.rawValue
      let sizes = [clusters.regions.count, clusters.spots].map(String.init)
      for source in clusters.rows {
        for (place, seed) in clusters.seeds.enumerated() {
          let scores = [
            source.adjustedRandIndex, source.normalizedMutualInformation, source.inertia,
          ].map { number($0[place]) }
          lines.append(
            row([section.section, source.source, recipe] + sizes + [String(seed)] + scores))
        }
      }
    }
  }

  /// Cells without a number stay empty, as pandas reads them.
  private func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    return "\(value.rounded(digits: 9))"
  }

  private func row(_ cells: [String]) -> String {
    cells.map { cell in
      cell.contains { ",\"\n\r".contains($0) }
        ? "\"\(cell.replacingOccurrences(of: "\"", with: "\"\""))\"" : cell
    }.joined(separator: ",")
  }
}
