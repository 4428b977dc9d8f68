import ArgumentParser
import Foundation
import Sections
import Workbench

/// Clusters of a section's spots, printed or written.
struct ClusterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster",
    abstract: "Cluster a section's spots by K-means and write their labels.",
    discussion: """
      K-means (k-means++, best of several restarts) on principal components of the normalised \
      expression, or of a model's prediction where one is named. Without --output the clusters are \
      summarised only.
      """)

  @OptionGroup var source: SectionOptions
  @OptionGroup var comparison: MethodOptions
  @Option(name: [.customShort("k"), .long], help: "How many clusters.") var clusters = 4
  @Option(help: "Principal components kept.") var components = 50
  @Option(help: "Restarts, of which the best is kept.") var restarts = 20
  @Option(help: "The seed of the generator; the same gives the same clusters.") var seed: UInt64 = 0
  @Flag(help: "Leave out spots without a label and those labelled undetermined.")
  var labelledOnly = false
  @Option(name: .shortAndLong, help: "The file to write.", completion: .file()) var output: String?
  @Option(help: "table (positions, cluster, name, label) or loupe (for Loupe Browser).")
  var format = ClusterExportFormat.table
  @Flag(help: "Replace the output file when it is there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if clusters < 2 { throw ValidationError("--clusters takes a number from 2 on.") }
    if components < 1 { throw ValidationError("--components takes a number from 1 on.") }
    if comparison.models.count + comparison.tables.count > 1 {
      throw ValidationError("cluster takes one --model or --predictions at a time.")
    }
    if restarts < 1 { throw ValidationError("--restarts takes a number from 1 on.") }
  }

  func run() throws {
    let workbench = Workbench()
    let section = try source.load(with: workbench)
    var settings = ClusterSettings(
      clusterCount: clusters, normalization: section.normalization)
    settings.components = components
    settings.restarts = restarts
    settings.seed = seed
    settings.labelledSpotsOnly = labelledOnly
    let method = try comparison.methods().first
    settings.method = method?.name
    let prediction = try method.map { try workbench.predict($0, section) }
    let result = try workbench.clusters(of: section, predictedBy: prediction, settings)
    if let output {
      try ClusterExport(result, section).write(
        as: format, to: URL(filePath: output), replacing: force)
    }
    let summary = ClusterSummary(result, section, output: output)
    try json ? printJSON(summary) : print(summary.text)
  }
}

extension ClusterExportFormat: ExpressibleByArgument {}
