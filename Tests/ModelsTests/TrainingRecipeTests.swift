import Testing

@testable import Models

@Suite struct TrainingRecipeTests {
  @Test func `presets have the published values`() throws {
    let thitogene = THItoGene.presets[0]
    #expect(thitogene.name == "thitogene" && thitogene.recipe.epochs == 300)
    #expect(thitogene.recipe.optimizer == .adam && thitogene.recipe.learningRate == 1e-5)
    #expect(thitogene.recipe.schedule == .constant && thitogene.recipe.weightDecay == 0)
    let histogene = HisToGene.presets[0]
    #expect(try HisToGene.configuration(histogene.settings).layers == 8)
    #expect(histogene.recipe.epochs == 100 && histogene.recipe.learningRate == 1e-5)
    let stnet = STNet.presets[0]
    #expect(stnet.name == "stnet" && stnet.normalization == .stnet && stnet.settings.isEmpty)
    #expect(stnet.recipe.optimizer == .sgd && stnet.recipe.learningRate == 1e-6)
    #expect(stnet.recipe.momentum == 0.9 && stnet.recipe.weightDecay == 0)
    #expect(stnet.recipe.batchSpots == 32 && stnet.recipe.epochs == 50)
    #expect(stnet.recipe.beginsAtMeans && stnet.recipe.symmetries)
    let hist2st = Hist2ST.presets[0]
    #expect(hist2st.recipe.schedule == .step(factor: 0.9, every: 50))
    #expect(hist2st.recipe.epochs == 350 && hist2st.seed == 12_000)
    #expect(hist2st.recipe.countsWeight == 0.25 && hist2st.recipe.distillationWeight == 0.5)
    #expect(try Hist2ST.configuration(Hist2ST.presets[1].settings).pruning == .none)
    let hist = HiST.presets[0]
    #expect(hist.normalization == .scanpy && hist.seed == 42 && hist.recipe.epochs == 200)
    let hespotex = HESpotEx.presets[0]
    #expect(hespotex.normalization == .hespotex && hespotex.recipe.optimizer == .adamW)
    #expect(hespotex.recipe.learningRate == 1e-3 && hespotex.recipe.weightDecay == 1e-3)
  }

  @Test func `every preset is sound, its name unique in its model, and its network can be made`()
    throws
  {
    func check<Model: TrainableModel>(_ model: Model.Type) throws {
      #expect(Set(model.presets.map(\.name)).count == model.presets.count)
      for preset in model.presets {
        #expect(preset.recipe.isSound, "\(preset.name)")
        let configuration = try model.configuration(preset.settings)
        let names = model.declarations(configuration).map(\.name)
        #expect(names.contains("\(model.outputLayer).weight"), "\(preset.name)")
        #expect(names.contains("\(model.outputLayer).bias"), "\(preset.name)")
      }
    }
    for entry in modelCatalog {
      if let model = entry.model as? any TrainableModel.Type { try check(model) }
    }
  }

  @Test func `a cosine over all epochs is stretched with them, any other schedule is not`() {
    var recipe = TrainingRecipe()
    (recipe.epochs, recipe.schedule) = (60, .cosine(minimum: 1e-5, epochs: 60))
    #expect(recipe.stretched(to: 20)?.schedule == .cosine(minimum: 1e-5, epochs: 20))
    #expect(recipe.stretched(to: 20)?.epochs == 20)
    recipe.schedule = .cosine(minimum: 1e-5, epochs: 30)
    #expect(recipe.stretched(to: 20) == nil)
    recipe.schedule = .constant
    #expect(recipe.stretched(to: 20) == nil)
  }

  @Test func `a recipe of an earlier Eosin, without the number of spots, is read`() throws {
    var members = Hist2ST.presets[0].recipe.members
    members["batchSpots"] = nil
    #expect(
      try JSON.object(members).decoded(as: TrainingRecipe.self) == Hist2ST.presets[0].recipe)
  }

  @Test func `values are laid over a recipe by name, and nonsense is refused`() {
    let recipe = TrainingRecipe()
    #expect(recipe.overlaid(with: ["epochs": .integer(7)])?.epochs == 7)
    #expect(recipe.overlaid(with: ["optimizer": .string("sgd")])?.optimizer == .sgd)
    for nonsense: (String, JSON) in [
      ("epoch", .integer(7)), ("epochs", .integer(0)), ("learningRate", .number(0)),
      ("learningRate", .string("high")), ("averaging", .number(1)), ("optimizer", .string("lion")),
      ("colourJitter", .number(1)), ("weightDecay", .number(-1)),
      ("schedule", .object(["step": .object(["factor": .number(0.9), "every": .integer(0)])])),
    ] {
      #expect(recipe.overlaid(with: [nonsense.0: nonsense.1]) == nil, "\(nonsense)")
    }
  }
}
