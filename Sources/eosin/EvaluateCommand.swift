import ArgumentParser
import Evaluation
import Foundation
import Sections
import Workbench

/// Methods scored on sections, held against each other, and how each score came about.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score methods on sections, compare them pair by pair, and say how it was done.",
    discussion: """
      Without --model and --predictions the models in the data set's folder are scored; without \
      --sections, on the sections that none of them was trained on. {section} and {patient} in a path \
      stand for the section's names, so that one option names all folds. Sections of one patient that \
      follow one another are compared with each other too: how much alike each method's predictions of \
      them are, and what was observed. Where sections have \
      pathologist's labels, clusters of observed and predicted expression are held against them too.
      """)

  @OptionGroup var source: SectionOptions
  @Option(
    help: ArgumentHelp(
      "The sections, separated by commas, or 'all'.", valueName: "names"))
  var sections: String?
  @OptionGroup var methods: MethodOptions
  @OptionGroup var stored: StoredModelOptions
  @OptionGroup var scoring: ScoringOptions
  @OptionGroup var compute: ComputeOptions
  @Option(help: "Processes at once, a section each; as many as cores by default.")
  var jobs: Int?
  @Option(help: "Write the tables as CSV files into this folder.", completion: .directory)
  var csv: String?
  @Option(
    help: "Write a report, one HTML page with everything in it.",
    completion: .file(extensions: ["html"]))
  var report: String?
  @OptionGroup var additions: ReportAdditionOptions
  @Flag(help: "Replace output files when they are there already.") var force = false
  @Flag(help: "Print JSON: everything, gene by gene.") var json = false
  @Flag(help: .hidden) var worker = false

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) {
      throw ValidationError("--jobs takes a number from 1 to 256.")
    }
    if sections != nil, source.section != nil || source.counts != nil {
      throw ValidationError("--sections goes without --section and --counts.")
    }
    if report == nil, additions.isAskedFor {
      throw ValidationError("--gene-sets, --gene-positions and --tumour go with --report.")
    }
  }

  func run() throws {
    compute.apply()
    guard !worker else { return try answer() }
    if let report { try checkOutput(report, replacing: force) }
    if let csv { try EvaluationFiles.check(URL(filePath: csv), replacing: force) }
    let additions = try additions.request()
    let plan = try plan()
    let scores = try plan.scores(jobs: jobs, threads: compute.threads)
    let evaluation = EvaluationReport(scores, of: plan, consistency: try plan.consistency())
    if let csv {
      try EvaluationFiles(evaluation).write(to: URL(filePath: csv), replacing: force)
      StandardError.print("Wrote \(csv)")
    }
    if let report { try write(evaluation, of: plan, additions, to: report) }
    try json ? printJSON(evaluation) : print(evaluation.text)
  }

  private func write(
    _ evaluation: EvaluationReport, of plan: EvaluationPlan,
    _ additions: ReportAdditionRequest, to file: String
  ) throws {
    let interruption = Interruption()
    let bar = ProgressBar("drawing")
    let workbench = Workbench()
    let material = try workbench.material(
      for: evaluation, of: plan, progress: bar.show, isCancelled: { interruption.hasCome })
    let more = try workbench.additions(
      for: evaluation, of: plan, additions, isCancelled: { interruption.hasCome })
    bar.finish()
    let command = ["eosin"] + CommandLine.arguments.dropFirst()
    try HTMLReport(evaluation, material, additions: more, command: command)
      .write(to: URL(filePath: file), replacing: force)
    StandardError.print("Wrote \(file)")
  }

  private func plan() throws -> EvaluationPlan {
    let dataSet = try source.dataSet()
    let comparison = try methods.comparison(in: dataSet, leavesOutStored: stored.leavesOut)
    return try EvaluationPlan(
      of: dataSet, sections: try source.references(in: dataSet, named: sections),
      methods: comparison.methods,
      panel: try source.readPanel(), normalization: source.normalization ?? .released,
      settings: scoring.settings())
  }

  /// Scores the one section of the plan on standard input, and answers on standard output.
  private func answer() throws {
    let plan = try JSONDecoder().decode(
      EvaluationPlan.self, from: FileHandle.standardInput.readDataToEndOfFile())
    var answer: SectionAnswer
    do {
      answer = .scores(try Workbench().scores(of: plan, on: plan.sections[0]))
    } catch { answer = .problem("\(error)") }
    FileHandle.standardOutput.write(try JSONEncoder().encode(answer))
  }
}
