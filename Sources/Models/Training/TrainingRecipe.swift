import Sections
import TensorCore

/// How a network is trained, whatever the network and the sections: the values that a paper
/// publishes or a user chooses. A flat structure of plain values, but for the schedule.
public struct TrainingRecipe: Codable, Sendable, Equatable {
  /// How gradients move parameters.
  public enum OptimizerKind: String, Codable, Sendable, CaseIterable { case adam, adamW, sgd }

  /// What is learned of the expression.
  public enum Target: String, Codable, Sendable, CaseIterable {
    /// The expression as it is, every gene's squared error alike: the papers.
    case expression
    /// Where spots differ within their section: each gene of each section is moved to the gene's mean
    /// over all, since its level differs between sections for reasons no image tells, and errors
    /// are measured in the gene's deviation within sections, so that every gene counts alike.
    case withinSections
  }

  /// How gradients move parameters.
  public var optimizer = OptimizerKind.adam
  /// The rate at the first epoch.
  public var learningRate = 1e-5
  /// How the rate changes from epoch to epoch.
  public var schedule = LearningRateSchedule.constant
  /// How strongly parameters are drawn towards 0: by the gradient for Adam, past it for AdamW.
  public var weightDecay = 0.0
  /// How much of the earlier gradients SGD keeps.
  public var momentum = 0.9
  /// The length that the gradient of all parameters together is cut to; 0 for any.
  public var longestGradient = 0.0
  /// How often each section is seen.
  public var epochs = 100
  /// How many spots a step sees, drawn from all sections by chance; 0 for one section, whole. Only a
  /// model that reads each spot by itself can be trained on some of a section's spots.
  public var batchSpots = 0
  /// How many sections a step sees, in models that read a section as a whole; 0 for all.
  public var batchSections = 1
  /// What is learned of the expression.
  public var target = Target.expression
  /// How much of a spot's target is the mean of its neighbours' in place of its own, which counting
  /// makes noisy; 0 for its own alone.
  public var smoothing = 0.0
  /// Whether the last layer begins by giving each gene's mean in place of chance, as ST-Net's does.
  public var beginsAtMeans = false
  /// What the embeddings of rows and columns are multiplied with at the start: at 1, as in the papers,
  /// they are as large as what a network sees of the image, and places of the training sections are
  /// learned by heart.
  public var positionScale = 1.0
  /// Whether each patch is turned and mirrored by chance, in one of eight ways.
  public var symmetries = false
  /// How much the stains' strength is changed by chance: each colour's optical density times
  /// `1 ± colourJitter`, the same for all patches of a step.
  public var colourJitter = 0.0
  /// Of the weights kept, how much is the average of those before at each step; 0 for the last step's
  /// alone.
  public var averaging = 0.0
  /// What the loss of the counts counts beside the squared error, in models that have one.
  public var countsWeight = 0.25
  /// What the disagreement between changed copies counts, in models that have that.
  public var distillationWeight = 0.5

  /// Adam at 1e-5 for 100 epochs, and nothing else.
  public init() {}

  /// The recipe but for the values named; nil where a name or value is none of a recipe's.
  public func overlaid(with members: [String: JSON]) -> TrainingRecipe? {
    var all = self.members
    guard members.keys.allSatisfy({ all[$0] != nil }) else { return nil }
    all.merge(members) { $1 }
    guard let recipe = try? JSON.object(all).decoded(as: TrainingRecipe.self), recipe.isSound
    else { return nil }
    return recipe
  }

  /// The recipe with a cosine over all its epochs stretched to another number of them; nil where there
  /// is no such.
  public func stretched(to epochs: Int) -> TrainingRecipe? {
    guard case .cosine(let minimum, let length) = schedule, length == self.epochs else {
      return nil
    }
    var recipe = self
    (recipe.epochs, recipe.schedule) = (epochs, .cosine(minimum: minimum, epochs: epochs))
    return recipe
  }

  /// The values by name.
  public var members: [String: JSON] {
    guard case .object(let members)? = try? JSON(encoding: self) else {
      preconditionFailure("a recipe is a structure of plain values")
    }
    return members
  }

  /// Whether every value is one that a run can be made with.
  var isSound: Bool {
    let scheduleIsSound =
      switch schedule {
      case .constant: true
      case .step(let factor, let every): factor > 0 && every > 0
      case .cosine(let minimum, let epochs): minimum >= 0 && epochs > 0
      }
    return scheduleIsSound && learningRate > 0 && learningRate.isFinite && weightDecay >= 0
      && 0..<1 ~= momentum && longestGradient >= 0 && epochs > 0 && batchSpots >= 0
      && batchSections >= 0 && 0..<1 ~= colourJitter
      && 0..<1 ~= averaging && positionScale >= 0 && 0...1 ~= smoothing && countsWeight >= 0
      && distillationWeight >= 0
  }

  /// The optimizer at the start of a run.
  func makeOptimizer() -> any Optimizer {
    let rate = Float(learningRate)
    switch optimizer {
    case .adam: return Adam(learningRate: rate, weightDecay: Float(weightDecay))
    case .adamW: return AdamW(learningRate: rate, weightDecay: Float(weightDecay))
    case .sgd: return SGD(learningRate: rate, momentum: Float(momentum))
    }
  }

  /// What departs from the plain recipe of the same optimizer, rate and epochs, in words.
  public var text: String {
    let plain = TrainingRecipe()
    var parts = ["\(optimizer.rawValue), learning rate \(learningRate)"]
    switch schedule {
    case .constant: break
    case .step(let factor, let every): parts.append("times \(factor) every \(every) epochs")
    case .cosine(let minimum, let epochs):
      parts.append("along a cosine to \(minimum) after \(epochs) epochs")
    }
    if weightDecay != 0 { parts.append("weight decay \(weightDecay)") }
    if optimizer == .sgd { parts.append("momentum \(momentum)") }
    if longestGradient != 0 { parts.append("gradients cut to \(longestGradient)") }
    if batchSpots != 0 { parts.append("\(batchSpots) spots of all sections a step") }
    if batchSections != 1 {
      parts.append("\(batchSections == 0 ? "all" : "\(batchSections)") sections a step")
    }
    if target == .withinSections {
      parts.append("each gene centred within sections and measured in its deviation")
    }
    if smoothing != 0 { parts.append("targets \(smoothing) their neighbours'") }
    if beginsAtMeans { parts.append("beginning at the genes' means") }
    if positionScale != 1 { parts.append("places' embeddings beginning times \(positionScale)") }
    if symmetries { parts.append("patches turned and mirrored by chance") }
    if colourJitter != 0 { parts.append("stains changed by up to \(colourJitter)") }
    if averaging != 0 { parts.append("weights averaged with \(averaging) a step") }
    if countsWeight != plain.countsWeight { parts.append("counts' loss times \(countsWeight)") }
    if distillationWeight != plain.distillationWeight {
      parts.append("distillation times \(distillationWeight)")
    }
    return parts.joined(separator: ", ")
  }
}

extension TrainingRecipe {
  /// Reads what was written, by an earlier Eosin too: a value it did not know is as it was then.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ value: inout Value, _ key: CodingKeys) throws {
      value = try values.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    try read(&optimizer, .optimizer)
    try read(&learningRate, .learningRate)
    try read(&schedule, .schedule)
    try read(&weightDecay, .weightDecay)
    try read(&momentum, .momentum)
    try read(&longestGradient, .longestGradient)
    try read(&epochs, .epochs)
    try read(&batchSpots, .batchSpots)
    try read(&batchSections, .batchSections)
    try read(&target, .target)
    try read(&smoothing, .smoothing)
    try read(&beginsAtMeans, .beginsAtMeans)
    try read(&positionScale, .positionScale)
    try read(&symmetries, .symmetries)
    try read(&colourJitter, .colourJitter)
    try read(&averaging, .averaging)
    try read(&countsWeight, .countsWeight)
    try read(&distillationWeight, .distillationWeight)
  }

  /// What Eosin's own presets share: a rate far above the papers', along half a cosine, with long
  /// gradients cut; each gene learned where spots differ within their section, beginning at its mean;
  /// patches turned by chance; and no places to begin with, which would be learned by heart.
  mutating func followEosin(learningRate: Double, epochs: Int) {
    self.learningRate = learningRate
    self.epochs = epochs
    schedule = .cosine(minimum: learningRate / 100, epochs: epochs)
    target = .withinSections
    beginsAtMeans = true
    symmetries = true
    positionScale = 0
    longestGradient = 1
  }
}

/// A named way to train a model: sizes, recipe and seed.
public struct TrainingPreset: Sendable {
  /// What commands call it, such as `thitogene`.
  public let name: String
  /// Where its values come from, or how they were found.
  public let source: String
  /// What differs from the authors' sizes.
  public let settings: [String: JSON]
  /// How it is trained.
  public let recipe: TrainingRecipe
  /// What is predicted, unless told otherwise.
  public let normalization: Normalization
  /// The seed of its run.
  public let seed: Int

  /// Describes a preset; `change` alters the plain recipe.
  public init(
    _ name: String, source: String, settings: [String: JSON] = [:],
    normalization: Normalization = .released, seed: Int = 0,
    _ change: (inout TrainingRecipe) -> Void
  ) {
    self.normalization = normalization
    self.name = name
    self.source = source
    self.settings = settings
    self.seed = seed
    var recipe = TrainingRecipe()
    change(&recipe)
    self.recipe = recipe
  }
}
