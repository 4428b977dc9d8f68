import Models
import Sections

/// How a network for tumour regions is trained on sections with pathologist's labels.
public struct TumourPlan: Sendable {
  /// The sections at hand, those held out among them or not.
  public var sections: [SectionReference]
  /// The sections that no training sees before they are mapped.
  public var heldOut: [SectionReference] = []
  /// The labels that count as tumour; where there is none, all whose name says so.
  public var tumour: [String] = []
  /// Preset, sizes and recipe, encoder and seed; a start and a watch of the sections held out are not
  /// for it.
  public var network = NetworkPlan()

  /// Plans a training on sections, nothing held out.
  public init(sections: [SectionReference]) { self.sections = sections }

  /// The sections to train on.
  var trained: [SectionReference] {
    sections.filter { section in !heldOut.contains { $0.name == section.name } }
  }

  /// The preset's name, and its sizes and recipe with what differs.
  func resolved() throws(WorkbenchError) -> (
    preset: String, configuration: HiST.Configuration, recipe: GridRecipe
  ) {
    let names = TumourPreset.all.map(\.name)
    let wanted = network.preset ?? names[0]
    guard let preset = TumourPreset.all.first(where: { $0.name == wanted }) else {
      let hint = nearest(to: wanted, among: names).map { " Did you mean '\($0)'?" } ?? ""
      throw WorkbenchError(
        "There is no tumour preset '\(wanted)'.\(hint) There are "
          + "\(names.joined(separator: ", ")).")
    }
    var recipe = preset.recipe.members
    var sizes = preset.settings
    for (name, value) in try parsedSettings(network.settings) {
      if recipe[name] != nil { recipe[name] = value } else { sizes[name] = value }
    }
    recipe["epochs"] = network.epochs.map(JSON.integer) ?? recipe["epochs"]
    recipe["seed"] = network.seed.map(JSON.integer) ?? recipe["seed"]
    if let rate = network.learningRate {
      // The rate falls as far as the preset's does.
      recipe["learningRate"] = .number(rate)
      recipe["lastRate"] = .number(rate * preset.recipe.lastRate / preset.recipe.learningRate)
    }
    guard let overlaid = preset.recipe.overlaid(with: recipe) else {
      throw WorkbenchError(
        "No training can be made of \(JSON.object(recipe).text). Check the values given.")
    }
    (sizes["genes"], sizes["loss"]) = (.integer(1), .string(overlaid.loss.rawValue))
    do { return (preset.name, try HiST.configuration(sizes), overlaid) } catch {
      throw WorkbenchError(error.description)
    }
  }
}
