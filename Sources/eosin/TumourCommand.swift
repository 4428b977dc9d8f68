import ArgumentParser
import Foundation
import Sections
import Workbench

/// Tumour regions of sections, and how they agree with the pathologist's labels.
struct TumourCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tumour",
    abstract: "Map the tumour regions of sections and hold them against the pathologist's labels.",
    discussion: """
      Prints for each section how many spots are called tumour and, where it has labels, the area \
      under the curve, IoU and Dice; what the network knew of the section stands beside them. \
      --output writes each spot's probability and whether it is called tumour. 'eosin train tumour' \
      makes the network, 'eosin view --tumour' and 'eosin render --tumour' show its maps.
      """)

  @OptionGroup var source: SectionOptions
  @Option(
    help: ArgumentHelp(
      "The sections, separated by commas, or 'all': those with an image by default.",
      valueName: "names"))
  var sections: String?
  @Option(
    name: .customLong("model"),
    help: ArgumentHelp("The file that 'eosin train tumour' wrote.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var model: String
  @OptionGroup var compute: ComputeOptions
  @Option(
    name: .shortAndLong,
    help: "Write a table of section, spot, probability and mask as a TSV file.",
    completion: .file(extensions: ["tsv"]))
  var output: String?
  @Flag(help: "Replace the output file when it is there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if sections != nil, source.section != nil || source.counts != nil {
      throw ValidationError("--sections goes without --section and --counts.")
    }
  }

  func run() throws {
    compute.apply()
    if let output { try checkOutput(output, replacing: force) }
    let url = URL(filePath: (model as NSString).expandingTildeInPath)
    let workbench = Workbench()
    let info = try workbench.tumourModel(url)
    let dataSet = try source.dataSet()
    let interruption = Interruption()
    let maps: [(section: Section, map: TumourMap)] = try references(in: dataSet).map { reference in
      let section = try workbench.load(reference, of: dataSet)
      let bar = ProgressBar(reference.name)
      defer { bar.finish() }
      let map = try workbench.tumourMap(
        url, of: section, progress: bar.show, isCancelled: { interruption.hasCome })
      for note in section.section.notes + map.notes {
        StandardError.print("\(reference.name): \(note)")
      }
      return (section.section, map)
    }
    if let output {
      try writeWhole(
        Array(TumourMap.table(maps).utf8), to: URL(filePath: output), replacing: force)
      StandardError.print("Wrote \(output)")
    }
    let report = TumourReport(maps, of: info)
    try json ? printJSON(report) : print(report.text)
  }

  /// The sections named; all that have an image by default.
  private func references(in dataSet: DataSet) throws -> [SectionReference] {
    if let named = try source.references(in: dataSet, named: sections) { return named }
    let withImage = dataSet.sections.filter { $0.image != nil }
    guard !withImage.isEmpty else {
      throw WorkbenchError(
        "No section of \(dataSet.name) has an image, and tumour is mapped from it. Name one with "
          + "--section and --image.")
    }
    return withImage
  }
}

/// Tumour regions beside what else is shown: in the viewer, pictures and reports.
struct TumourOptions: ParsableArguments {
  @Option(
    name: .customLong("tumour"),
    help: ArgumentHelp(
      "Show the tumour regions that a network maps, a file that 'eosin train tumour' wrote.",
      valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var file: String?

  /// The file, once it is known to be such a one; nil where none was named.
  func checkedFile() throws -> URL? {
    guard let url else { return nil }
    _ = try Workbench().sectionsHeldOut(ofTumourModel: url)
    return url
  }

  /// Adds what was asked for to a comparison; a section that the network did not see is opened first.
  func add(to comparison: inout Comparison, of dataSet: DataSet) throws {
    guard let url else { return }
    let heldOut = try Workbench().sectionsHeldOut(ofTumourModel: url)
    comparison.tumour = url
    let section = dataSet.sections.first { heldOut.contains($0.name) }
    comparison.section = section ?? comparison.section
  }

  private var url: URL? {
    file.map { URL(filePath: ($0 as NSString).expandingTildeInPath) }
  }
}
