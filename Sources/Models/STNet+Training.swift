import Sections
import TensorCore

extension STNet: TrainableModel {
  /// The paper's, then Eosin's.
  ///
  /// Departures of `stnet` from the paper: the backbone begins by chance unless weights are given to
  /// begin from, such as torchvision's for ImageNet, which the authors take; and the number of epochs
  /// is the greatest they try. They choose it for each patient held out, by fourfold
  /// cross-validation over the other patients (least squared error), and train on all of those
  /// again: the outer loop is a cross-validation by patient, the inner one is left to the user. They
  /// also leave out spots without an annotation of tumour or normal tissue, which most data sets do
  /// not have: here all spots count whose windows lie on the image. Their genes are the 250 of the
  /// highest mean over the data set, which a list has to name.
  public static let presets = [
    TrainingPreset(
      "stnet", source: "He et al. 2020 and its released code", normalization: .stnet
    ) {
      ($0.optimizer, $0.momentum, $0.learningRate) = (.sgd, 0.9, 1e-6)
      ($0.epochs, $0.batchSpots) = (50, 32)
      ($0.beginsAtMeans, $0.symmetries) = (true, true)
    },
    TrainingPreset(
      "sample", source: "Eosin's own, small enough to ship and quick to train",
      settings: [
        "patchSidePixels": .integer(64), "reduction": .integer(2), "growth": .integer(8),
        "blocks": .array([.integer(2), .integer(2), .integer(2)]), "firstChannels": .integer(16),
      ]
    ) {
      $0.followEosin(learningRate: 2e-3, epochs: 20)
      ($0.batchSpots, $0.longestGradient) = (32, 0)
    },
  ]

  /// torchvision's `classifier`.
  public static let outputLayer = "classifier"

  /// A window is all that is looked at.
  public static let readsSpotsAlone = true

  /// As the authors do.
  public static let leavesOutBorder = true

  /// Any: places are not looked at.
  public var positions: Int { .max }

  /// Predicts `[spots, genes]`; beyond training the mean over the windows' symmetries.
  public func expression(
    _ section: TrainingSection, _ patches: Tensor, _ training: TrainingPass?
  ) -> Tensor {
    let side = configuration.patchSidePixels
    let windows = patches.reshaped(to: [-1, 3, side, side])
    return training.map { self(windows, training: $0) } ?? predict(windows)
  }

  /// The squared error, summed over spots and a mean over genes, as released: its scale grows with
  /// the spots of a step.
  public func objective(
    _ section: TrainingSection, _ patches: Tensor, _ recipe: TrainingRecipe, _ pass: TrainingPass
  ) -> TrainingObjective {
    let error = section.squaredError(expression(section, patches, pass))
    return TrainingObjective(squaredError: error * Float(section.spotCount))
  }

  /// The sizes with each colour's mean and deviation over all pixels of the patches.
  ///
  /// `deviation = √(E[v²] − E[v]²)` of values of 0...1, the sums made in one pass. At least 1/255, so
  /// that a plain picture can be divided by it.
  public static func configuration(
    _ configuration: Configuration, measuredOn patches: [Patches]
  ) -> Configuration {
    var measured = configuration
    let pixels = Double(patches.reduce(0) { $0 + $1.values.count / 3 })
    guard pixels > 0 else { return measured }
    for colour in 0..<3 {
      var (sum, squares) = (0, 0)  // Whole numbers, exact for more pixels than fit into memory.
      for batch in patches {
        let plane = batch.sidePixels * batch.sidePixels
        let values = batch.values.span
        for patch in 0..<batch.count {
          let start = (patch * 3 + colour) * plane
          for place in start..<start + plane {
            let value = Int(values[place])
            sum += value
            squares += value * value
          }
        }
      }
      let mean = Double(sum) / pixels / 255
      let variance = Double(squares) / pixels / (255 * 255) - mean * mean
      measured.mean[colour] = mean
      measured.deviation[colour] = max(max(variance, 0).squareRoot(), 1 / 255)
    }
    return measured
  }
}
