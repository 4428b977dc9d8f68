import TensorCore

/// How an encoder is trained on patches alone: a flat structure of plain values.
public struct EncoderRecipe: Codable, Sendable, Equatable {
  /// How often each patch is seen.
  public var epochs = 30
  /// Patches in a step.
  public var batch = 64
  /// AdamW's rate at the first epoch; half a cosine takes it to a hundredth.
  public var learningRate = 1e-3
  /// How strongly parameters are drawn towards 0.
  public var weightDecay = 1e-4
  /// The length that the gradient of all parameters together is cut to.
  public var longestGradient = 1.0
  /// Outputs of the layers that the task is stated on, which are thrown away after.
  public var projection = 128
  /// What agreement between different outputs counts; 0 for 1 / ``projection``.
  public var redundancyWeight = 0.0
  /// How much the stains' strength is changed in a view: each colour's optical density times
  /// `1 ± colourJitter`.
  public var colourJitter = 0.3
  /// The side of the smallest square a view shows, as a share of the patch's.
  public var smallestCut = 0.6
  /// Patches taken of each section at most, by chance where there are more.
  public var patchesPerSection = 400

  /// The values above.
  public init() {}

  /// The recipe but for the values named; nil where a name or value is none of a recipe's.
  public func overlaid(with members: [String: JSON]) -> EncoderRecipe? {
    var all = self.members
    guard members.keys.allSatisfy({ all[$0] != nil }) else { return nil }
    all.merge(members) { $1 }
    guard let recipe = try? JSON.object(all).decoded(as: EncoderRecipe.self), recipe.isSound
    else { return nil }
    return recipe
  }

  /// The values by name.
  public var members: [String: JSON] {
    guard case .object(let members)? = try? JSON(encoding: self) else {
      preconditionFailure("a recipe is a structure of plain values")
    }
    return members
  }

  private var isSound: Bool {
    epochs > 0 && batch > 1 && learningRate > 0 && learningRate.isFinite && weightDecay >= 0
      && longestGradient > 0 && 1...8192 ~= projection && redundancyWeight >= 0
      && 0..<1 ~= colourJitter && smallestCut > 0 && smallestCut <= 1 && patchesPerSection > 0
  }

  /// The recipe in words.
  public var text: String {
    "adamW, learning rate \(learningRate) along a cosine, weight decay \(weightDecay), batches of "
      + "\(batch), views of at least \(smallestCut) of the side, stains changed by up to "
      + "\(colourJitter)"
  }
}

/// A named way to train an encoder: which, of which sizes, and how.
public struct EncoderPreset: Sendable {
  /// What commands call it, such as `small-vit`.
  public let name: String
  /// What it is for.
  public let summary: String
  /// The encoder and its sizes.
  public var settings: EncoderSettings
  /// How it is trained.
  public var recipe: EncoderRecipe

  /// Describes a preset.
  public init(
    name: String, summary: String, settings: EncoderSettings,
    recipe: EncoderRecipe = EncoderRecipe()
  ) {
    (self.name, self.summary) = (name, summary)
    (self.settings, self.recipe) = (settings, recipe)
  }

  /// The presets there are; the first is taken where none is named.
  public static let all = [
    EncoderPreset(
      name: "small-vit", summary: "a vision transformer, quick to train on some hundred spots",
      settings: EncoderSettings(
        "clip-vit",
        [
          "imageSidePixels": .integer(112), "patchSidePixels": .integer(16), "width": .integer(64),
          "layers": .integer(3), "headWidth": .integer(32), "hidden": .integer(128),
          "features": .integer(64), "scaling": .string("clip"), "normalizesFeatures": .bool(false),
        ])),
    EncoderPreset(
      name: "small-swin", summary: "CTransPath's architecture, small; slower",
      settings: EncoderSettings(
        "ctranspath",
        [
          "imageSidePixels": .integer(112), "width": .integer(32),
          "depths": .array([.integer(1), .integer(2), .integer(1)]),
          "heads": .array([.integer(1), .integer(2), .integer(4)]), "hiddenRatio": .integer(2),
        ])),
  ]
}
