import TensorCore

/// A named way to train a network for tumour regions: sizes and recipe.
public struct TumourPreset: Sendable {
  /// What commands call it, such as `sample`.
  public let name: String
  /// Where its values come from.
  public let source: String
  /// What differs from the authors' sizes.
  public let settings: [String: JSON]
  /// How it is trained.
  public let recipe: GridRecipe

  /// Eosin's own first, which is quick; then the release's.
  public static let all: [TumourPreset] = {
    var sample = GridRecipe()
    (sample.learningRate, sample.lastRate, sample.epochs) = (3e-3, 3e-5, 40)
    (sample.loss, sample.symmetries) = (.tissue, true)
    // A preset of that name is there.
    let sizes = HiST.presets.first { $0.name == "sample" }!.settings
    return [
      TumourPreset(
        name: "sample", source: "Eosin's own, quick to train on some hundred spots",
        settings: sizes, recipe: sample),
      TumourPreset(
        name: "hist", source: "released training script", settings: [:], recipe: GridRecipe()),
    ]
  }()
}

extension GridRecipe {
  /// The recipe but for the values named; nil where a name or value is none of a recipe's.
  public func overlaid(with members: [String: JSON]) -> GridRecipe? {
    var all = self.members
    guard members.keys.allSatisfy({ all[$0] != nil }) else { return nil }
    all.merge(members) { $1 }
    guard let recipe = try? JSON.object(all).decoded(as: GridRecipe.self),
      (try? recipe.check()) != nil
    else { return nil }
    return recipe
  }

  /// The values by name.
  public var members: [String: JSON] {
    guard case .object(let members)? = try? JSON(encoding: self) else {
      preconditionFailure("a recipe is a flat structure of plain values")
    }
    return members
  }

  /// The same as other networks' recipes are written down.
  public var training: TrainingRecipe {
    var recipe = TrainingRecipe()
    (recipe.learningRate, recipe.epochs, recipe.weightDecay) = (learningRate, epochs, weightDecay)
    recipe.schedule = .cosine(minimum: lastRate, epochs: epochs)
    (recipe.batchSections, recipe.symmetries) = (sectionsPerStep, symmetries)
    return recipe
  }
}
