import Evaluation
import Foundation
import Models
import Sections
import TensorCore

/// Trains a network on sections, keeping a folder of its run where one is wanted.
struct NetworkTraining<Model: TrainableModel> {
  let plan: TrainingPlan
  let preset: TrainingPreset
  let configurationMembers: [String: JSON]
  let recipe: TrainingRecipe
  let seed: Int
  let features: any FeatureStore

  /// Reads what the plan says of the network and its recipe.
  ///
  /// - Parameter features: keeps what frozen encoders make of sections.
  init(
    _ model: Model.Type, _ plan: TrainingPlan, features: any FeatureStore
  ) throws(WorkbenchError) {
    self.plan = plan
    self.features = features
    let network = plan.network
    preset = try Model.preset(named: network.preset)
    var recipe = preset.recipe.members
    var sizes = preset.settings
    for part in network.without {
      guard let settings = Model.ablations[part] else {
        let parts = Model.ablations.keys.sorted()
        throw WorkbenchError(
          "\(Model.entry.title) cannot be trained without '\(part)'. "
            + (parts.isEmpty
              ? "Nothing of it can be left out." : "It has \(parts.joined(separator: ", "))."))
      }
      sizes.merge(settings) { $1 }
    }
    for (name, value) in try parsedSettings(network.settings) {
      if recipe[name] != nil { recipe[name] = value } else { sizes[name] = value }
    }
    if let epochs = network.epochs {
      recipe["epochs"] = .integer(epochs)
      // A cosine over the preset's epochs becomes one over these, unless it was asked for.
      let asksForSchedule = network.settings.contains { $0.hasPrefix("schedule=") }
      if !asksForSchedule, let stretched = preset.recipe.stretched(to: epochs) {
        recipe["schedule"] = stretched.members["schedule"]
      }
    }
    recipe["learningRate"] = network.learningRate.map(JSON.number) ?? recipe["learningRate"]
    guard let overlaid = preset.recipe.overlaid(with: recipe) else {
      throw WorkbenchError(
        "No training can be made of \(JSON.object(recipe).text). Check the values given.")
    }
    guard overlaid.batchSpots == 0 || Model.readsSpotsAlone else {
      throw WorkbenchError(
        "\(Model.entry.title) reads a section as a whole, so a step cannot see "
          + "\(overlaid.batchSpots) spots of several. Leave batchSpots at 0.")
    }
    guard plan.network.encoder == nil || Model.self is any FrozenEncoderModel.Type else {
      throw WorkbenchError(
        "\(Model.entry.title) has no encoder that stays as it is. Leave out --encoder.")
    }
    self.recipe = overlaid
    configurationMembers = sizes
    seed = network.seed ?? preset.seed
  }

  /// The network's sizes for a number of genes, on top of an encoder where it has one.
  func configuration(
    genes: Int, _ encoder: EncoderSettings? = nil
  ) throws(WorkbenchError) -> Model.Configuration {
    var members = configurationMembers
    members["genes"] = .integer(genes)
    if let encoder { members["encoder"] = encoder.json }
    do { return try Model.configuration(members) } catch {
      throw WorkbenchError(error.description)
    }
  }

  /// The encoder that the network sees through; nil where it sees patches.
  private func encoder(
    in folder: URL?, _ start: RunStart
  ) throws(WorkbenchError) -> TrainingEncoder? {
    guard let model = Model(listing: try configuration(genes: 1)) as? any FrozenEncoderModel else {
      return nil
    }
    return try TrainingEncoder(
      of: plan.network.encoder, settings: model.encoder.settings, seed: seed, in: folder, start)
  }

  /// What a run of a fold is begun as.
  func description(
    _ fold: TrainingFold, _ chosen: ChosenGenes, _ encoder: TrainingEncoder?, _ dataSet: DataSet
  ) -> RunDescription {
    RunDescription(
      version: Workbench.version, dataSet: dataSet.folder.standardizedFileURL.path,
      nuclei: dataSet.nuclei, model: Model.entry.name, preset: preset.name,
      without: plan.network.without,
      settings: configurationMembers.mapValues(\.text), recipe: recipe,
      start: plan.network.start.map(StartingFile.init), encoder: encoder?.summary, seed: seed,
      sections: fold.trained, heldOut: fold.heldOut, unit: fold.unit, genes: chosen.genes,
      panel: chosen.description, normalization: plan.normalization,
      epochRule: plan.network.epochRule, isMonitored: plan.network.isMonitored,
      threads: Threads.count)
  }

  /// Trains one fold and predicts what it held out.
  func train(
    _ fold: TrainingFold, of sections: [LoadedSection], _ chosen: ChosenGenes,
    _ dataSet: DataSet, in folder: URL?, _ start: RunStart, _ work: TrainingWork
  ) throws(WorkbenchError) -> TrainingOutcome {
    let encoder = try encoder(in: folder, start)
    let configuration = try configuration(
      genes: chosen.genes.count, encoder?.checkpoint.settings)
    let fixed = encoder?.weights ?? [:]
    let sizes = Model(listing: configuration, given: fixed)
    func members(
      _ names: [String], leavingOutBorder: Bool
    ) throws(WorkbenchError) -> [TrainingSection] {
      var read: [TrainingSection] = []
      for name in names {
        try work.check()
        let section = sections.first { $0.section.name == name }!  // Loaded for all folds.
        read.append(
          try section.forTraining(
            sizes, genes: chosen.genes, plan.normalization, leavingOutBorder: leavingOutBorder,
            features, work))
      }
      return read
    }
    let weights = try startingWeights(configuration, in: folder, start)
    var trained = try members(fold.trained, leavingOutBorder: Model.leavesOutBorder)
    do {
      try Model.prepare(
        &trained, configuration, seed: seed,
        PredictionWork(
          report: {
            work.report(TrainingProgress(stage: "preparing sections, \(Int($0 * 100)) %"))
          }, isCancelled: work.isCancelled))
    } catch { throw error == .cancelled ? .cancelled : WorkbenchError(error.description) }
    let heldOut = try members(fold.heldOut, leavingOutBorder: false)
    let run = TrainingRun(
      Model.self, configuration, recipe, seed: seed, from: weights, fixed: fixed, on: trained)
    var session = try TrainingSession(
      run: run, description: description(fold, chosen, encoder, dataSet),
      heldOut: zip(fold.heldOut, heldOut).map { name, section in
        (sections.first { $0.section.name == name }!, section)  // As above.
      },
      trainedOn: fold.trained.map { name in
        sections.first { $0.section.name == name }!  // As above.
      }, in: folder, start, work)
    if let folder { try encoder?.keep(in: folder) }
    return try session.complete()
  }
}

extension NetworkTraining {
  /// The weights to begin with in place of chance; none where a run goes on from its own.
  private func startingWeights(
    _ configuration: Model.Configuration, in folder: URL?, _ start: RunStart
  ) throws(WorkbenchError) -> [String: Tensor] {
    guard let url = plan.network.start else { return [:] }
    if start == .resumed, let folder, RunFolder.hasState(in: folder) { return [:] }
    do {
      return try Model.startingWeights(
        try TensorFile(reading: url), from: url, configuration)
    } catch { throw WorkbenchError(error.description) }
  }
}

/// Whether a run begins, begins anew where one is, or goes on.
public enum RunStart: Sendable, Hashable {
  /// In a folder without a run.
  case new
  /// Whatever the folder holds.
  case anew
  /// Where the run in the folder was saved; at the beginning where it never was.
  case resumed
}

/// What the caller of a training wants to hear, and whether it is to go on.
struct TrainingWork: Sendable {
  var report: @Sendable (TrainingProgress) -> Void
  var isCancelled: @Sendable () -> Bool

  func check() throws(WorkbenchError) {
    if isCancelled() { throw .cancelled }
  }
}

/// How far a training has come.
public struct TrainingProgress: Sendable, Hashable {
  /// What is being done: a section that is read, or the fold that is trained.
  public var stage: String
  /// Epochs finished, and to be.
  public var epoch = 0, epochs = 0
  /// Steps taken, and to be.
  public var step = 0, steps = 0
  /// The mean loss of the epoch's steps so far.
  public var loss: Double?
  /// The learning rate of the last step.
  public var learningRate: Double?
  /// How long a step takes here.
  public var secondsPerStep: Double?
  /// The mean correlation on the sections held out, where it is watched.
  public var heldOutCorrelation: Double?
  /// Whether this is the end of an epoch.
  public var endsEpoch = false

  /// Nothing done yet.
  public init(stage: String) { self.stage = stage }

  /// How long the rest takes at this rate.
  public var secondsLeft: Double? { secondsPerStep.map { $0 * Double(steps - step) } }
}

/// What a training of one fold left.
struct TrainingOutcome {
  /// Correlations of what was held out, in the fold's order.
  var rows: [TrainingReport.Row]
  /// The file to predict with, where one was written.
  var file: URL?
  /// The card, for a network.
  var card: [TrainingReport.CardLine] = []
  /// Epochs finished, and the time one took here; nil where none was trained.
  var epochs: Int?
  var secondsPerEpoch: Double?
  /// What the user should know, one plain sentence each.
  var notes: [String] = []
}

extension TrainableModel {
  /// A network that can be asked for its sizes and nothing else, but for the weights given.
  init(listing configuration: Configuration, given weights: [String: Tensor] = [:]) {
    var parameters = Parameters(listing: (), given: weights)
    self.init(configuration, &parameters)
  }

  static func preset(named name: String?) throws(WorkbenchError) -> TrainingPreset {
    guard let name else { return presets[0] }
    if let preset = presets.first(where: { $0.name == name }) { return preset }
    let names = presets.map(\.name)
    let hint = nearest(to: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
    throw WorkbenchError(
      "\(entry.title) has no preset '\(name)'.\(hint) It has \(names.joined(separator: ", ")).")
  }
}

extension LoadedSection {
  /// The section as a network of given sizes is trained on it.
  fileprivate func forTraining(
    _ model: some TrainableModel, genes: [String], _ normalization: Normalization,
    leavingOutBorder: Bool, _ features: any FeatureStore, _ work: TrainingWork
  ) throws(WorkbenchError) -> TrainingSection {
    let name = section.name
    let title = type(of: model).entry.title
    var (input, spots) = try predictionInput(for: title)
    if leavingOutBorder {
      let side = model.patchShape.sidePixels
      let kept = input.spots.indices.filter { input.isOnImage(side: side, around: input.spots[$0]) }
      guard !kept.isEmpty else {
        throw WorkbenchError(
          "No spot of section \(name) has a window of \(side) pixels that lies on its image, and "
            + "\(title) is trained on whole windows. Leave the section out, or take smaller ones.")
      }
      input.spots = kept.map { input.spots[$0] }
      spots = kept.map { spots[$0] }
    }
    let places = Panel(name: "genes", genes: genes).indices(in: section)
    let expression = NormalizedExpression(
      counts: section.counts, normalization: normalization, panel: places.found)
    let raw = NormalizedExpression(counts: section.counts, normalization: .raw)
    // A section held out may lack genes that all training sections have: nothing was seen of them.
    func values(_ matrix: NormalizedExpression) -> [Float] {
      let dense = matrix.dense(genes: places.found)
      let missing = Set(places.missing)
      var column = 0
      let columns: [Int?] = genes.map { gene in
        guard !missing.contains(gene) else { return nil }
        defer { column += 1 }
        return column
      }
      return spots.flatMap { spot in
        columns.map { $0.map { dense[spot * places.found.count + $0] } ?? 0 }
      }
    }
    do {
      return try TrainingSection(
        input, spots: spots, expression: values(expression), counts: values(raw), for: model,
        PredictionWork(
          report: { _ in work.report(TrainingProgress(stage: "reading \(name)")) },
          isCancelled: work.isCancelled, features: features))
    } catch { throw error == .cancelled ? .cancelled : WorkbenchError(error.description) }
  }
}
