import ArgumentParser
import Evaluation
import Foundation
import Sections
import Workbench

/// How predictions are scored: the conventions by name, and the random numbers.
struct ScoringOptions: ParsableArguments {
  @Option(
    name: .customLong("genes"),
    help: ArgumentHelp(
      "Genes to summarize: all, variable:N, expressed:N, best:N, or list:FILE; may be given more "
        + "than once.", valueName: "genes"))
  var subsets: [String] = []

  @Option(
    help: ArgumentHelp(
      "Genes without a correlation: \(ConstantGenesName.allCases.map(\.rawValue).listed).",
      valueName: "convention"))
  var constantGenes = ConstantGenesName.leftOut

  @Option(
    help: ArgumentHelp(
      "The places scored: tissue, or grid, the whole array with what is not tissue as 0.",
      valueName: "places"))
  var over = EvaluationSettings.Places.tissue

  @Option(
    help: ArgumentHelp(
      "Halvings of the counts that tell what could at best be reached; 0 leaves it out.",
      valueName: "repeats"))
  var attainable = 20

  @Option(help: "Resamplings for intervals; 0 leaves them out.") var bootstrap = 1000

  @Option(
    help: ArgumentHelp(
      "What is resampled: sections, or spots; sections from five on by default.",
      valueName: "unit"))
  var bootstrapOver: EvaluationSettings.BootstrapUnit?

  @Option(help: "How many seeds K-means runs with, from 0 on; 0 leaves clusters out.")
  var clusterSeeds = 5

  @Option(help: "How clusters are made: eosin, or released, as the code of THItoGene.")
  var recipe = ClusterRecipe.eosin

  @Option(help: "Where the random numbers of the scoring come from.") var seed: UInt64 = 0

  mutating func validate() throws {
    for (name, value, range) in [
      ("--attainable", attainable, 0...10_000), ("--bootstrap", bootstrap, 0...1_000_000),
      ("--cluster-seeds", clusterSeeds, 0...1000),
    ] where !range.contains(value) {
      throw ValidationError("\(name) takes a number from 0 to \(range.upperBound).")
    }
  }

  func settings() throws -> EvaluationSettings {
    var settings = EvaluationSettings()
    settings.constantGenes = constantGenes.convention
    settings.places = over
    if !subsets.isEmpty { settings.subsets = try subsets.map(Self.subset) }
    settings.attainableRepeats = attainable
    settings.bootstrapReplicates = bootstrap
    settings.bootstrapUnit = bootstrapOver
    settings.clusterSeeds = (0..<clusterSeeds).map { UInt64($0) }
    settings.clusterRecipe = recipe
    settings.seed = seed
    return settings
  }

  private static func subset(_ text: String) throws -> GeneSubset {
    if text.hasPrefix("list:") {
      let file = URL(filePath: String(text.dropFirst(5)))
      return .named(try Panel(reading: file).genes)
    }
    guard let subset = GeneSubset(rawValue: text) else {
      throw ValidationError(
        "--genes does not take '\(text)'. Write all, variable:50, expressed:50, best:50 or "
          + "list:FILE.")
    }
    return subset
  }
}

/// The conventions as the command line writes them.
enum ConstantGenesName: String, ExpressibleByArgument, CaseIterable {
  case leftOut = "left-out"
  case zero
  case propagated

  var convention: CorrelationSummary.ConstantGenes {
    switch self {
    case .leftOut: .leftOut
    case .zero: .countedAsZero
    case .propagated: .propagated
    }
  }
}

extension EvaluationSettings.Places: ExpressibleByArgument {}
extension EvaluationSettings.BootstrapUnit: ExpressibleByArgument {}
extension ClusterRecipe: ExpressibleByArgument {}

extension [String] {
  fileprivate var listed: String { joined(separator: ", ") }
}
