import ArgumentParser
import Foundation
import Sections
import Workbench

/// What a report shows beside the scores: gene sets, copy numbers and tumour regions, where their files
/// are named.
struct ReportAdditionOptions: ParsableArguments {
  @Option(
    help: "With --report: test the sets of this GMT file among each method's best predicted genes.",
    completion: .file(extensions: ["gmt", "gz"]))
  var geneSets: String?

  @Option(
    help:
      "With --report and --reference: show copy numbers, by a GTF file or a table of positions.",
    completion: .file(extensions: ["gtf", "tsv", "txt", "gz"]))
  var genePositions: String?

  @Option(
    name: .customLong("reference"), parsing: .upToNextOption,
    help: ArgumentHelp("The labels of normal spots for copy numbers.", valueName: "label"))
  var references: [String] = []

  @Option(
    name: .customLong("copy-number-window"), help: "Genes a window of the report's copy numbers.")
  var window = 101

  @OptionGroup var tumour: TumourOptions

  /// Whether a file was named.
  var isAskedFor: Bool {
    geneSets != nil || genePositions != nil || !references.isEmpty || tumour.file != nil
  }

  func validate() throws {
    if (genePositions == nil) != references.isEmpty {
      throw ValidationError("--gene-positions and --reference go together.")
    }
    if !(1...10_001).contains(window) {
      throw ValidationError("--copy-number-window takes a number of genes from 1 to 10001.")
    }
  }

  /// Reads the files named, before anything slow begins.
  func request() throws -> ReportAdditionRequest {
    var request = ReportAdditionRequest()
    request.geneSets = try geneSets.map { try GeneSets(reading: URL(filePath: $0)) }
    request.positions = try genePositions.map { try GenePositions(reading: URL(filePath: $0)) }
    request.references = references
    request.copyNumberSettings.window = window
    request.tumour = try tumour.checkedFile()
    return request
  }
}
