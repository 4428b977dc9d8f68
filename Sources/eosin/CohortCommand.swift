import ArgumentParser
import Foundation
import Sections
import Workbench

/// Prognosis or response to treatment from a cohort's slides.
struct CohortCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort",
    abstract: "Learn prognosis or response to treatment from a cohort's slides, out of fold.",
    discussion: """
      The table has a slide a row, tabs or commas, with a header: the slide's path, a time and an event \
      or a response, and clinical values. A model learns from all folds but one and is scored on that one; \
      every score is printed with how it came about. The preset small is for cohorts of less than some \
      hundred patients: a linear model of the mean of each map. eosin trains HiST's application network, \
      and released does what HiST's code does, which chooses the epoch on the fold that it scores.
      """)

  @Argument(help: "The cohort's table.", completion: .file(extensions: ["tsv", "csv", "gz"]))
  var table: String
  @Option(
    help: "prognosis, or response; by default prognosis where the table tells times.")
  var task: CohortRequest.Task?
  @Option(
    help: ArgumentHelp(
      "What is seen of each tile, separated by commas: stains, features (of --encoder, or of "
        + "--model's) and genes (predicted by --model).", valueName: "names"))
  var maps = "stains"
  @Option(
    help: "The file of an encoder, for --maps features.",
    completion: .file(extensions: ["safetensors"]))
  var encoder: String?
  @Option(
    help: "A HiST checkpoint, for --maps genes.", completion: .file(extensions: ["safetensors"]))
  var model: String?
  @OptionGroup var columns: CohortColumnOptions
  @OptionGroup var training: CohortTrainingOptions
  @OptionGroup var compute: ComputeOptions
  @Option(
    name: .shortAndLong,
    help: "Write the patients' table, the survival curves and a report into this folder.",
    completion: .directory)
  var output: String?
  @Flag(help: "Replace output files when they are there already.") var force = false
  @Flag(help: "Print JSON: everything, patient by patient.") var json = false

  func validate() throws {
    let maps = try mapsNamed()
    if encoder != nil, !maps.contains(.features) {
      throw ValidationError("--encoder goes with --maps features.")
    }
    if model != nil, maps.isDisjoint(with: [.genes, .features]) {
      throw ValidationError("--model goes with --maps genes or features.")
    }
    if maps.contains(.features), encoder == nil, model == nil {
      throw ValidationError("--maps features needs --encoder FILE or --model FILE.")
    }
    if maps.contains(.genes), model == nil {
      throw ValidationError("--maps genes needs --model FILE.")
    }
  }

  func run() throws {
    compute.apply()
    let cohort = try Cohort(reading: URL(filePath: table), columns: columns.columns)
    let request = try request(for: cohort)
    let folder = output.map { URL(filePath: $0) }
    if let folder { try CohortFiles.check(folder, for: request.task, replacing: force) }
    for note in cohort.notes { StandardError.print("\(cohort.url.lastPathComponent): \(note)") }
    let interruption = Interruption()
    let bar = ProgressBar("cohort")
    let report = try Workbench().study(
      cohort, request, progress: bar.show, isCancelled: { interruption.hasCome })
    bar.finish()
    if let folder {
      let command = ["eosin"] + CommandLine.arguments.dropFirst()
      try CohortFiles(report, command: command).write(to: folder, replacing: force)
      StandardError.print("Wrote \(folder.path)")
    }
    try json ? printJSON(report) : print(report.text)
  }

  private func request(for cohort: Cohort) throws -> CohortRequest {
    var request = CohortRequest()
    request.task = task ?? (cohort.followed.isEmpty ? .response : .prognosis)
    request.maps = try mapsNamed()
    request.encoder = encoder.map { URL(filePath: $0) }
    request.model = model.map { URL(filePath: $0) }
    request.timeName = columns.timeUnit
    try training.apply(to: &request)
    return request
  }

  private func mapsNamed() throws -> Set<CohortRequest.Maps> {
    let names = maps.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let found = names.compactMap(CohortRequest.Maps.init)
    guard !names.isEmpty, found.count == names.count else {
      throw ValidationError("--maps takes one or more of stains, features and genes.")
    }
    return Set(found)
  }
}

/// Which columns of the table are which.
struct CohortColumnOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The slides' column; by default slide, path, image, ….", valueName: "name"))
  var slideColumn: String?
  @Option(
    help: ArgumentHelp("The times' column; by default time, os, months, ….", valueName: "name"))
  var timeColumn: String?
  @Option(
    help: ArgumentHelp("The events' column; by default event, status, ….", valueName: "name"))
  var eventColumn: String?
  @Option(help: ArgumentHelp("The responses' column; by default response.", valueName: "name"))
  var responseColumn: String?
  @Option(
    help: ArgumentHelp(
      "The clinical columns, separated by commas, or none; by default all others.",
      valueName: "names"))
  var clinical: String?
  @Option(help: ArgumentHelp("What times count, for figures and tables.", valueName: "word"))
  var timeUnit = "time"

  var columns: CohortColumns {
    var columns = CohortColumns()
    (columns.slide, columns.time, columns.event) = (slideColumn, timeColumn, eventColumn)
    columns.response = responseColumn
    if clinical == "none" {
      columns.clinical = []
    } else {
      columns.clinical = clinical?.split(separator: ",").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    return columns
  }
}

/// What learns, and how.
struct CohortTrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "small, a linear model for small cohorts; eosin, HiST's network with its last epoch; or "
        + "released, HiST's own training with the epoch chosen on the fold."))
  var preset = CohortRequest.Preset.small
  @Option(help: "Into how many folds patients are split.") var folds = 5
  @Option(
    help: ArgumentHelp(
      "Seeds of splits and networks, separated by commas; outcomes are means over them.",
      valueName: "numbers"))
  var seeds = "22"
  @Option(help: "How many epochs of a network; the preset's by default.") var epochs: Int?
  @Option(help: "A network's learning rate at the first epoch; the preset's by default.")
  var learningRate: Double?
  @Option(help: "How strongly the preset small draws weights to 0; 0.003 by default.")
  var penalty: Double?

  func validate() throws {
    if !(2...100).contains(folds) { throw ValidationError("--folds takes a number from 2 to 100.") }
    if let epochs, !(1...100_000).contains(epochs) {
      throw ValidationError("--epochs takes a number from 1 to 100000.")
    }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate takes a number above 0.")
    }
    if let penalty, !(penalty > 0 && penalty.isFinite) {
      throw ValidationError("--penalty takes a number above 0.")
    }
    if preset == .small, epochs != nil || learningRate != nil {
      throw ValidationError(
        "--epochs and --learning-rate go with networks: --preset eosin or released.")
    }
    if preset != .small, penalty != nil {
      throw ValidationError("--penalty goes with --preset small.")
    }
    _ = try seedsNamed()
  }

  func apply(to request: inout CohortRequest) throws {
    (request.preset, request.folds, request.epochs) = (preset, folds, epochs)
    (request.learningRate, request.penalty) = (learningRate, penalty)
    request.seeds = try seedsNamed()
  }

  private func seedsNamed() throws -> [Int] {
    let words = seeds.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let numbers = words.compactMap { Int($0) }
    guard !numbers.isEmpty, numbers.count == words.count, Set(numbers).count == numbers.count,
      numbers.allSatisfy({ $0 >= 0 })
    else {
      throw ValidationError("--seeds takes different whole numbers from 0 on, such as 1,2,3.")
    }
    return numbers
  }
}

extension CohortRequest.Task: ExpressibleByArgument {}
extension CohortRequest.Preset: ExpressibleByArgument {}
