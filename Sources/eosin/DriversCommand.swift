import ArgumentParser
import Foundation
import Sections
import Workbench

/// Which patches drove a model's prediction of a gene at a spot.
struct DriversCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drivers",
    abstract: "Tell which patches drove a model's prediction of a gene at a spot.",
    discussion: """
      Makes the spots' patches white one by one, those nearest to the spot first, and asks the model \
      again each time: a patch that raised the prediction has a drop above 0. Prints the spots of the \
      largest drops. --output writes all that were tried; 'eosin render --show drivers' draws the map. \
      Without --model the models in the data set's folder are asked, on a section that they were not \
      trained on.
      """)

  @OptionGroup var source: SectionOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var compute: ComputeOptions
  @Option(help: "The gene whose prediction is explained.") var gene: String
  @Option(help: "The spot, by its name, such as 24x13.") var spot: String
  @Option(help: "How many patches are made white, the nearest first.")
  var patches = DriversRequest.usualMost
  @Option(help: "Cut the spot's own patch into so many parts along each side; 0 leaves them out.")
  var parts = 0
  @Option(help: "How many spots are printed, those of the largest drops first.") var top = 10
  @Option(
    name: .shortAndLong,
    help: "Write every spot that was tried as a TSV file; with several models each has its name.",
    completion: .file(extensions: ["tsv"]))
  var output: String?
  @Flag(help: "Replace output files when they are there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if patches < 1 { throw ValidationError("--patches takes a number from 1 on.") }
    if !(0...32).contains(parts) { throw ValidationError("--parts takes a number from 0 to 32.") }
    if top < 1 { throw ValidationError("--top takes a number from 1 on.") }
    if !methods.tables.isEmpty {
      throw ValidationError(
        "drivers asks a network again with patches white: it takes --model, not --predictions.")
    }
  }

  func run() throws {
    compute.apply()
    let comparison = try self.methods.comparison(in: try source.dataSet())
    let methods = comparison.methods.filter { $0.network != nil }
    guard !methods.isEmpty else {
      throw ValidationError("Name a model with --model FILE: the data set's folder has none.")
    }
    let outputs = try methods.map { try target(of: $0, among: methods.count) }
    let workbench = Workbench()
    let section = try source.load(with: workbench, preferring: comparison.section)
    let place = try section.spot(named: spot)
    let interruption = Interruption()
    var found: [Drivers] = []
    for (method, output) in zip(methods, outputs) {
      let bar = ProgressBar(method.name)
      defer { bar.finish() }
      let request = DriversRequest(
        method: method, gene: gene, spot: place, most: patches, parts: parts)
      let drivers = try workbench.drivers(
        request, of: section, progress: bar.show, isCancelled: { interruption.hasCome })
      bar.finish()
      if let output {
        try writeWhole(
          Array(drivers.table.utf8), to: URL(filePath: output), replacing: force)
        StandardError.print("Wrote \(output)")
      }
      found.append(drivers)
    }
    if json { return try printJSON(found) }
    let texts = found.enumerated().map { $1.text(count: top, explains: $0 == found.count - 1) }
    print(texts.joined(separator: "\n\n"))
  }

  /// The file of one model's table; found out before anything slow begins.
  private func target(of method: Method, among count: Int) throws -> String? {
    guard let output else { return nil }
    let path = output as NSString
    let ending = path.pathExtension.isEmpty ? "" : ".\(path.pathExtension)"
    let file = count > 1 ? "\(path.deletingPathExtension)-\(method.name)\(ending)" : output
    try checkOutput(file, replacing: force)
    return file
  }
}
