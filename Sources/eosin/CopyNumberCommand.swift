import ArgumentParser
import Curses
import Drawing
import Evaluation
import Foundation
import Sections
import Workbench

/// Copy numbers of a section's spots along the chromosomes.
struct CopyNumberCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy-number",
    abstract: "View gains and losses along the chromosomes against reference spots.",
    discussion: """
      Each spot's log-expression less that of the reference spots, averaged over windows of \
      neighbouring genes as inferCNV does. Prints the groups with their signal, and the heatmap as \
      text; --output draws it, --table writes the numbers. With --model or --predictions the \
      prediction is shown in place of what was observed.
      """)

  @OptionGroup var source: SectionOptions
  @OptionGroup var methods: MethodOptions
  @Option(
    help: """
      Where genes lie: a GTF file, or a table of gene, chromosome, start, end; plain or gzipped. \
      gene-positions.tsv in the data set's folder by default.
      """,
    completion: .file(extensions: ["gtf", "tsv", "txt", "gz"]))
  var genePositions: String?
  @Option(
    name: .customLong("reference"), parsing: .upToNextOption,
    help: ArgumentHelp("The groups of normal spots, one or more.", valueName: "group"))
  var references: [String]
  @OptionGroup var groups: GroupingOptions
  @OptionGroup var smoothing: CopyNumberOptions
  @OptionGroup var display: DisplayOptions
  @Option(
    name: .shortAndLong, help: "Draw the heatmap: SVG where the name ends in .svg, else PNG.",
    completion: .file(extensions: ["png", "svg"]))
  var output: String?
  @Option(
    help: "Write spots by windows as a TSV file.", completion: .file(extensions: ["tsv"]))
  var table: String?
  @Flag(help: "Replace output files when they are there already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if methods.models.count + methods.tables.count > 1 {
      throw ValidationError("copy-number takes one --model or --predictions at a time.")
    }
    if references.isEmpty { throw ValidationError("--reference takes one group or more.") }
  }

  func run() throws {
    for file in [output, table].compactMap(\.self) { try checkOutput(file, replacing: force) }
    guard
      let file = try genePositions.map({ URL(filePath: $0) }) ?? source.dataSet().genePositions
    else {
      throw ValidationError(
        "Where genes lie is not known: name a GTF file or a table with --gene-positions FILE.")
    }
    let positions = try GenePositions(reading: file)
    let workbench = Workbench()
    let section = try source.load(with: workbench)
    let prediction = try methods.methods().first.map { try workbench.predict($0, section) }
    var request = CopyNumberRequest(
      positions: positions, groups: try workbench.groups(of: section, by: groups.grouping),
      references: references)
    smoothing.apply(to: &request)
    let result = try workbench.copyNumber(of: section, predictedBy: prediction, request)
    for note in positions.notes + result.notes { StandardError.print(note) }
    try json ? printJSON(CopyNumberSummary(result)) : printText(of: result)
    if let table {
      try writeWhole(Array(result.table.utf8), to: URL(filePath: table), replacing: force)
      StandardError.print("Wrote \(table)")
    }
    if let output {
      let (themes, _) = UserFolders().themes()
      let theme = try display.theme(among: themes) ?? .paper
      try PictureExport(result.heatmap.picture(width: 1000), theme: theme)
        .write(to: URL(filePath: output), replacing: force)
      StandardError.print("Wrote \(output)")
    }
  }

  private func printText(of result: CopyNumberResult) throws {
    print(CopyNumberSummary(result).text)
    // Colours are all that the heatmap has: nothing of it is left without them.
    guard display.textColor != .mono else { return }
    let (themes, _) = UserFolders().themes()
    var canvas = Canvas(columns: display.size.columns, rows: display.size.rows)
    result.heatmap.draw(on: &canvas, in: canvas.bounds)
    let theme = try display.theme(among: themes) ?? .standard
    print(canvas.text(depth: display.textColor, theme: theme))
  }
}

/// How expression becomes copy numbers.
struct CopyNumberOptions: ParsableArguments {
  @Option(help: "Genes a window.") var window = 101
  @Option(help: "Keep every so many windows one.") var step = 1
  @Flag(help: "Weigh all genes of a window the same, in place of a pyramid.") var flat = false
  @Flag(
    help: "Leave out windows that reach beyond a chromosome's ends, in place of shortening them.")
  var wholeWindows = false
  @Option(help: "Cut differences to this, in units of log-expression.") var clip = 3.0
  @Option(
    help: "Take values within so many standard deviations of the reference for noise; 0 for none.")
  var denoise = 1.5
  @Flag(help: "Show chromosomes without a number too, such as X, Y and M.") var allChromosomes =
    false

  func validate() throws {
    if !(1...10_001).contains(window) {
      throw ValidationError("--window takes a number of genes from 1 to 10001.")
    }
    if !(1...10_000).contains(step) {
      throw ValidationError("--step takes a number from 1 to 10000.")
    }
    if !(clip > 0 && clip.isFinite) { throw ValidationError("--clip takes a number above 0.") }
    if !(denoise >= 0 && denoise.isFinite) {
      throw ValidationError("--denoise takes a number from 0 on.")
    }
  }

  func apply(to request: inout CopyNumberRequest) {
    request.settings.window = window
    request.settings.step = step
    request.settings.smoothing = flat ? .flat : .pyramid
    request.settings.ends = wholeWindows ? .whole : .shortened
    request.settings.clip = clip
    request.settings.denoise = denoise
    request.includesAllChromosomes = allChromosomes
  }
}
