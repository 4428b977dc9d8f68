import ArgumentParser
import Drawing
import Evaluation
import Foundation
import Sections
import Workbench

/// Gene sets tested among the highest genes of a section, and scored at each spot.
struct EnrichCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enrich",
    abstract: "Test gene sets among a section's highest genes, and score them at every spot.",
    discussion: """
      Genes are ranked by their mean, by how well a model predicts them, or by the difference between \
      two groups of spots; sets that hold more of the highest genes than a draw from all genes would \
      are over-represented (hypergeometric test, adjusted by Benjamini and Hochberg). The universe is \
      every gene with a value. With --scores each set is scored at each spot (ssGSEA): an .h5ad file of \
      them is opened by 'eosin view' and all other commands with the sets in place of genes.
      """)

  @OptionGroup var source: SectionOptions
  @OptionGroup var methods: MethodOptions
  @Option(
    help: "The gene sets: a GMT file, plain or gzipped.",
    completion: .file(extensions: ["gmt", "gz"]))
  var geneSets: String
  @Option(
    help: """
      What ranks genes: mean, correlation (of a prediction with what was observed) or difference (of \
      the groups of --between).
      """)
  var rankBy: RankingName?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "One or two groups: the first is compared with the second, or with all others.",
      valueName: "group"))
  var between: [String] = []
  @OptionGroup var groups: GroupingOptions
  @Option(help: "How many of the highest genes to test, at most half of all.") var top = 50
  @Option(help: "Sets with fewer genes in the universe are not tested.") var leastGenes = 3
  @Option(help: "The exponent of ranks in scores.")
  var weight = SingleSampleScores.usualWeight
  @Option(help: "What scores are divided by: range (the largest less the smallest) or none.")
  var scoreNormalization = SingleSampleScores.Normalization.range
  @Option(
    name: .shortAndLong, help: "Write the tested sets as a TSV file.",
    completion: .file(extensions: ["tsv"]))
  var output: String?
  @Option(
    help: "Write the scores, spots by sets: .tsv, or .h5ad to look at them.",
    completion: .file(extensions: ["tsv", "h5ad"]))
  var scores: String?
  @Option(
    help:
      "Draw bars of the sets and maps of their scores: SVG where the name ends in .svg, else PNG.",
    completion: .file(extensions: ["png", "svg"]))
  var picture: String?
  @Flag(help: "Replace output files when they are there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if methods.models.count + methods.tables.count > 1 {
      throw ValidationError("enrich takes one --model or --predictions at a time.")
    }
    if between.count > 2 { throw ValidationError("--between takes one group or two.") }
    if rankBy == .difference, between.isEmpty {
      throw ValidationError("--rank-by difference needs --between GROUP [GROUP].")
    }
    if let rankBy, rankBy != .difference, !between.isEmpty {
      throw ValidationError("--between goes with --rank-by difference.")
    }
    if rankBy == .correlation, methods.isEmpty {
      throw ValidationError("--rank-by correlation needs --model or --predictions.")
    }
    if let scores, !["tsv", "h5ad"].contains(URL(filePath: scores).pathExtension.lowercased()) {
      throw ValidationError("--scores takes a file that ends in .tsv or .h5ad.")
    }
    if top < 1 { throw ValidationError("--top takes a number from 1 on.") }
    if leastGenes < 1 { throw ValidationError("--least-genes takes a number from 1 on.") }
    if !(0...10).contains(weight) { throw ValidationError("--weight takes a number from 0 to 10.") }
  }

  func run() throws {
    for file in [output, scores, picture].compactMap(\.self) {
      try checkOutput(file, replacing: force)
    }
    let sets = try GeneSets(reading: URL(filePath: geneSets))
    for note in sets.notes { StandardError.print("\(sets.name): \(note)") }
    let workbench = Workbench()
    let section = try source.load(with: workbench)
    let prediction = try methods.methods().first.map { try workbench.predict($0, section) }
    let result = try workbench.enrichment(
      of: section, predictedBy: prediction, in: sets, settings,
      groups: between.isEmpty ? nil : try workbench.groups(of: section, by: groups.grouping))
    try json ? printJSON(result) : print(result.text())
    if let output { try write(result.table, to: output) }
    guard scores != nil || picture != nil else { return }
    let found = try workbench.geneSetScores(
      of: section, predictedBy: prediction, in: sets, weight: weight, scoreNormalization)
    if let scores {
      try found.write(to: URL(filePath: scores), of: section, replacing: force)
      StandardError.print("Wrote \(scores)")
    }
    if let picture {
      let figure = EnrichmentFigure(result, found, on: section).picture(width: 920)
      try PictureExport(figure, theme: .paper)
        .write(to: URL(filePath: picture), replacing: force)
      StandardError.print("Wrote \(picture)")
    }
  }

  private func write(_ text: String, to file: String) throws {
    try writeWhole(Array(text.utf8), to: URL(filePath: file), replacing: force)
    StandardError.print("Wrote \(file)")
  }

  private var settings: EnrichmentSettings {
    var settings = EnrichmentSettings()
    settings.top = top
    settings.leastGenes = leastGenes
    switch rankBy ?? (between.isEmpty ? methods.isEmpty ? .mean : .correlation : .difference) {
    case .mean: settings.ranking = .mean
    case .correlation: settings.ranking = .correlation
    case .difference:
      settings.ranking = .difference(of: between[0], from: between.dropFirst().first)
    }
    return settings
  }
}

/// The rankings as the command line writes them.
enum RankingName: String, ExpressibleByArgument, CaseIterable {
  case mean, correlation, difference
}

extension SingleSampleScores.Normalization: ExpressibleByArgument {}
