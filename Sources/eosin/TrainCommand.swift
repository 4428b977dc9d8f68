import ArgumentParser
import Foundation
import Models
import Sections
import Workbench

/// A model trained on sections, and scored on those it did not see.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model, and score it on the sections held out.",
    discussion: """
      The baseline, ridge, is fitted at once and written as a checkpoint. A network trains for a \
      while: --output names the folder of its run, in which lie its newest checkpoint, what it goes \
      on from, and a line of metrics an epoch. Ctrl-C finishes the step and saves; --resume goes on \
      after any kind of end, as if nothing had been.

      'eosin train encoder' trains what hist sees sections through: on patches alone, without their \
      expression, so that any section with an image will do. --output names its file, which \
      --encoder then takes.

      'eosin train tumour' learns tumour regions from pathologist's labels, as HiST does: --output \
      names its file, which 'eosin tumour' and --tumour of view and render then take. Its presets \
      are sample, quick to train, and hist, the release's.

      A preset fills in a paper's values; --set NAME=VALUE changes sizes of the network \
      (eosin model info) and values of the recipe: optimizer, schedule, weightDecay, momentum, \
      longestGradient, batchSpots, target, smoothing, beginsAtMeans, positionScale, symmetries, colourJitter, \
      averaging, countsWeight, distillationWeight.
      """)

  @Argument(
    help:
      "The model, as in 'eosin model list', 'encoder' or 'tumour'; with --resume that of the run."
  )
  var model: String?
  @Argument(help: "The data set's folder; the sample data by default.", completion: .directory)
  var folder: String?

  @Option(help: "The sections at hand, as B4,C2,C3; those with an image by default.")
  var sections: String?
  @Option(help: "Sections to keep out of training and to score on, as C2,C3.")
  var holdOut: String?
  @Option(
    defaultAsFlag: .patient,
    help: """
      Score each section held out (all, if none is named) by a model that saw no section of its \
      patient or, with 'section', only none of its spots.
      """)
  var crossValidate: TrainingProtocol.Unit?

  @Option(
    help: "The genes to predict: a list or an .npy. Chosen by the next three by default.",
    completion: .file())
  var panel: String?
  @Option(help: "Without --panel: at most so many genes, the most variable first (1000).")
  var genes: Int?
  @Option(
    help: """
      Without --panel: what makes a gene variable, its variance over all training spots, or with \
      seurat-v3 that of its counts beside genes of the same mean; then --genes of each section are taken.
      """)
  var genesBy = GeneRule.Measure.variance
  @Option(help: "Without --panel: genes seen at so many training spots (one in twenty).")
  var minSpots: Int?
  @Option(
    help: """
      What to predict: \(Normalization.presets.map(\.name).joined(separator: ", ")); the preset's \
      by default.
      """,
    transform: SectionOptions.normalization(named:))
  var normalization: Normalization?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "With 'tumour': the labels that count as tumour; all whose name says so by default.",
      valueName: "label"))
  var tumour: [String] = []

  @OptionGroup var nuclei: NucleusOptions
  @OptionGroup var network: NetworkOptions
  @OptionGroup var compute: ComputeOptions

  @Option(
    name: .shortAndLong, help: "The baseline's checkpoint to write, or the folder of a run.",
    completion: .file())
  var output: String?
  @Flag(help: "Go on with the run in the output folder; alone, as it was begun.")
  var resume = false
  @Flag(help: "Replace what is in the output already.") var force = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if model != Self.tumourWord, !tumour.isEmpty {
      throw ValidationError("--tumour goes with 'eosin train tumour'.")
    }
    if model == Self.encoderWord { return try validateEncoder() }
    if model == Self.tumourWord { return try validateTumour() }
    if output == nil, crossValidate == nil {
      throw ValidationError("Name what to write with --output, or add --cross-validate.")
    }
    if resume {
      if force { throw ValidationError("--force begins anew and --resume goes on: give one.") }
      if output == nil { throw ValidationError("--resume needs the run's folder: --output RUN.") }
      if model == nil, asksForMoreThanResuming {
        throw ValidationError(
          "--resume alone goes on as the run was begun, with other --epochs and --threads at most. "
            + "Leave the other options out, or repeat the whole command.")
      }
    } else if model == nil {
      throw ValidationError(
        "Name the model: \(CatalogRow.all.map(\.name).joined(separator: ", ")).")
    }
    if panel != nil, genes != nil || minSpots != nil {
      throw ValidationError("--panel names the genes; --genes and --min-spots choose them.")
    }
    if let genes, genes < 1 { throw ValidationError("--genes takes a number from 1 on.") }
    if let minSpots, minSpots < 1 { throw ValidationError("--min-spots takes a number from 1 on.") }
    if network.monitor, holdOut == nil, crossValidate == nil {
      throw ValidationError("--monitor watches the sections held out: name some with --hold-out.")
    }
  }

  private var asksForMoreThanResuming: Bool {
    sections != nil || holdOut != nil || crossValidate != nil || panel != nil || genes != nil
      || minSpots != nil || normalization != nil || nuclei.path != nil
      || network.asksForMoreThanEpochs
  }

  func run() throws {
    compute.apply()
    if model == Self.encoderWord { return try trainEncoder() }
    if model == Self.tumourWord { return try trainTumour() }
    let display = TrainingDisplay()
    let interruption = Interruption()
    let workbench = Workbench()
    let report: TrainingReport
    if let model {
      let dataSet = try nuclei.apply(to: try SectionOptions.dataSet(folder))
      report = try workbench.train(
        try plan(model, dataSet), of: dataSet, to: output.map { URL(filePath: $0) },
        start: resume ? .resumed : force ? .anew : .new, report: display.show,
        isCancelled: { interruption.hasCome })
    } else {
      // `validate` has seen to it that there is an output.
      report = try workbench.resume(
        URL(filePath: output!), epochs: network.epochs, report: display.show,
        isCancelled: { interruption.hasCome })
    }
    display.finish()
    for note in report.notes { StandardError.print(note) }
    try json ? printJSON(report) : print(report.text)
  }

  /// The sections named, or all that have an image.
  func trainingSections(of dataSet: DataSet) throws -> [SectionReference] {
    try sections.map { try references($0, of: dataSet) }
      ?? dataSet.sections.filter { $0.image != nil }
  }

  /// The sections of a list as commands take it.
  func references(_ list: String, of dataSet: DataSet) throws -> [SectionReference] {
    try list.split(separator: ",").map { try dataSet.reference(named: String($0)) }
  }

  private func plan(_ model: String, _ dataSet: DataSet) throws -> TrainingPlan {
    var plan = TrainingPlan(model: model, sections: try trainingSections(of: dataSet))
    plan.heldOut = try holdOut.map { try references($0, of: dataSet) } ?? []
    plan.crossValidation = crossValidate
    plan.normalization =
      try normalization
      ?? Workbench().normalization(ofModel: model, preset: network.preset)
    if let panel {
      plan.genes = .list(try Panel(reading: URL(filePath: panel)))
    } else {
      var rule = GeneRule()
      rule.most = genes ?? rule.most
      rule.measure = genesBy
      rule.leastSpots = minSpots
      plan.genes = .rule(rule)
    }
    plan.network = network.plan
    return plan
  }
}

extension TrainingProtocol.Unit: ExpressibleByArgument {}
extension GeneRule.Measure: ExpressibleByArgument {}
extension TrainingProtocol.EpochRule: ExpressibleByArgument {}

/// How a network is trained; of no use for the baseline.
struct NetworkOptions: ParsableArguments {
  @Option(help: "How a network is trained, by name; its paper's values by default.")
  var preset: String?
  @Option(help: "How many epochs; the preset's by default.") var epochs: Int?
  @Option(help: "The learning rate at the first epoch; the preset's by default.")
  var learningRate: Double?
  @Option(
    help: """
      A file whose weights to begin with, all but the last layer's: a checkpoint, or for stnet \
      torchvision's densenet121 (.pth). By chance by default.
      """, completion: .file())
  var from: String?
  @Option(
    help: """
      The file of the encoder that hist and tumour see through, as 'eosin train encoder' and 'eosin model \
      import' make it; one by chance by default.
      """, completion: .file())
  var encoder: String?
  @Option(help: "A part to leave out: caps, odconv, vit or gat of THItoGene. May be repeated.")
  var without: [String] = []
  @Option(name: .customLong("set"), help: "A size or value, as layers=2. May be repeated.")
  var settings: [String] = []
  @Option(help: "Where all random numbers come from; the preset's by default.") var seed: Int?
  @Flag(help: "Score the sections held out after each epoch: looks at them, and the card says so.")
  var monitor = false
  @Option(help: "The epoch to keep: last, or best on the sections held out (with --monitor).")
  var keep: TrainingProtocol.EpochRule?

  mutating func validate() throws {
    if let epochs, epochs < 1 { throw ValidationError("--epochs takes a number from 1 on.") }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate takes a number above 0, such as 1e-4.")
    }
    if keep == .best, !monitor {
      throw ValidationError("--keep best looks at the sections held out: add --monitor.")
    }
  }

  /// Whether something is asked for that a run cannot change once it was begun.
  var asksForMoreThanEpochs: Bool {
    preset != nil || learningRate != nil || from != nil || encoder != nil || !without.isEmpty
      || !settings.isEmpty
      || seed != nil || monitor || keep != nil
  }

  /// The same as the workbench takes it.
  var plan: NetworkPlan {
    var plan = NetworkPlan()
    (plan.preset, plan.epochs, plan.learningRate) = (preset, epochs, learningRate)
    (plan.without, plan.settings, plan.seed) = (
      without.flatMap { $0.split(separator: ",").map(String.init) }, settings, seed
    )
    plan.start = from.map { URL(filePath: $0) }
    plan.encoder = encoder.map { URL(filePath: $0) }
    (plan.isMonitored, plan.epochRule) = (monitor, keep ?? .last)
    return plan
  }
}
