import ArgumentParser
import Foundation
import Sections
import Viewer
import Workbench

/// What the viewer's screen of copy numbers takes, which key B opens.
struct CopyNumberViewOptions: ParsableArguments {
  @Option(
    help: """
      Where genes lie, for the screen of copy numbers: a GTF file, or a table of gene, chromosome, \
      start, end. gene-positions.tsv in the data set's folder by default.
      """,
    completion: .file(extensions: ["gtf", "tsv", "txt", "gz"]))
  var genePositions: String?
  @Option(
    name: .customLong("reference"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "The groups of normal spots for the screen of copy numbers; W chooses another.",
      valueName: "group"))
  var references: [String] = []
  @Option(help: "Genes a window of the screen of copy numbers; as many as fit by default.")
  var window: Int?
  @Flag(help: "Begin with the screen of copy numbers.") var copyNumber = false

  func validate() throws {
    if let window, !(1...10_001).contains(window) {
      throw ValidationError("--window takes a number of genes from 1 to 10001.")
    }
    if let genePositions, !FileManager.default.fileExists(atPath: genePositions) {
      throw ValidationError("\(genePositions): is not there. Check --gene-positions.")
    }
  }

  /// Tells the viewer.
  func apply(to state: inout ViewerState, in dataSet: DataSet) {
    state.useGenePositions(
      genePositions.map { URL(filePath: $0) } ?? dataSet.genePositions, references: references,
      window: window)
    if copyNumber { state.showCopyNumber() }
  }
}
