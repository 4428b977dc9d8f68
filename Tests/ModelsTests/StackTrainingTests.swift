import TensorCore
import Testing

@testable import Models

/// Cohorts made up so that a map's strength decides what happens.
@Suite struct StackTrainingTests {
  /// Patients whose second map is as strong as `strength` says, with noise all over.
  private func stacks(_ strengths: [Double], clinical: Int) -> [PatientStack] {
    var generator = SeededGenerator(seed: 11)
    func noise() -> Float { Float(generator.nextUnit()) - 0.5 }
    return strengths.enumerated().map { number, strength in
      let noiseMap = (0..<32 * 32).map { _ in noise() }
      let signal = (0..<32 * 32).map { _ in Float(strength) + noise() }
      return PatientStack(
        name: "p\(number)", maps: Tensor(shape: [2, 32, 32], noiseMap + signal),
        clinical: (0..<clinical).map { _ in noise() })
    }
  }

  private func strengths(_ count: Int) -> [Double] {
    var generator = SeededGenerator(seed: 5)
    return (0..<count).map { _ in 2 * generator.nextUnit() - 1 }
  }

  private func survivors(_ count: Int) -> [SurvivalPatient] {
    let strengths = strengths(count)
    return zip(stacks(strengths, clinical: 2), strengths).enumerated().map { number, patient in
      SurvivalPatient(
        patient.0, time: 10 - 4 * patient.1, event: !number.isMultiple(of: 4))
    }
  }

  /// The share of comparable pairs in which the one with the earlier event has the higher risk.
  private func concordance(_ risks: [Double], _ times: [Double], _ events: [Bool]) -> Double {
    var (pairs, right) = (0.0, 0.0)
    for i in risks.indices where events[i] {
      for j in risks.indices where times[j] > times[i] {
        pairs += 1
        right += risks[i] > risks[j] ? 1 : risks[i] == risks[j] ? 0.5 : 0
      }
    }
    return right / pairs
  }

  private var recipe: StackRecipe {
    var recipe = StackRecipe()
    (recipe.epochs, recipe.uncountedEpochs, recipe.folds) = (60, 20, 3)
    (recipe.learningRate, recipe.lastRate) = (1e-2, 1e-4)
    return recipe
  }

  private func sizes(_ sizes: ConvNeXtV2.Sizes) -> ConvNeXtV2.Sizes {
    var sizes = sizes
    (sizes.depths, sizes.skippedShare) = ([1, 1, 1, 1], 0.1)
    return sizes
  }

  @Test(arguments: CoxLoss.allCases)
  func `risk is learned, the released loss included where patients are sorted`(
    _ loss: CoxLoss
  ) throws {
    var cohort = survivors(30)
    // The released loss takes the order for the time: the latest first.
    if loss == .released { cohort.sort { $0.time > $1.time } }
    let training = SurvivalTraining(loss: loss, recipe: recipe, sizes: sizes(.survival))
    let folds = try training.folds(cohort, score: concordance)
    #expect(folds.count == 3)
    #expect(folds.flatMap(\.validation).sorted() == Array(0..<30))
    for fold in folds {
      #expect(fold.score > 0.8, "\(fold.score) at epoch \(fold.epoch)")
      #expect((21...60).contains(fold.epoch))
      #expect(fold.losses.count == 60 && fold.losses[59] < fold.losses[0])
      let maps = stack(fold.validation.map { cohort[$0].stack.maps })
      let clinical = Tensor(
        shape: [fold.validation.count, 2], fold.validation.flatMap { cohort[$0].stack.clinical })
      #expect(fold.network(maps, clinical: clinical).array == fold.outputs.array)
    }
  }

  @Test func `the same seed gives the same networks to the bit, another one others`() throws {
    var training = SurvivalTraining(recipe: recipe, sizes: sizes(.survival))
    (training.recipe.epochs, training.recipe.uncountedEpochs) = (4, 1)
    let cohort = survivors(12)
    func weights() throws -> [[String: [Float]]] {
      try training.folds(cohort, score: concordance).map { $0.weights.mapValues(\.array) }
    }
    let first = try weights()
    #expect(try weights() == first)
    training.recipe.seed = 23
    #expect(try weights() != first)
  }

  @Test func `response is learned, rare kinds too`() throws {
    let strengths = (0..<30).map { $0 % 6 == 0 ? -1.0 : $0 % 2 == 0 ? 0 : 1 }
    let cohort = zip(stacks(strengths, clinical: 0), strengths).map {
      ResponsePatient($0, response: Int($1) + 1)
    }
    var recipe = recipe
    recipe.patientsPerStep = 8
    let training = ResponseTraining(recipe: recipe, sizes: sizes(.response))
    for fold in try training.folds(cohort) {
      #expect(fold.score > 0.8)
      #expect(fold.outputs.shape == [fold.validation.count, 3])
    }
  }

  @Test func `the released rate follows from the number of batches, and rises`() {
    let recipe = StackRecipe.released
    #expect(recipe.firstRate(training: 80, validation: 20) == 5e-4 * 2 / 256)
    let schedule = LearningRateSchedule.cosine(minimum: recipe.lastRate, epochs: recipe.epochs)
    #expect(schedule.rate(atEpoch: 99, from: 5e-4 * 2 / 256) > 9e-6)
    let response = StackRecipe.releasedResponse
    #expect(response.firstRate(training: 33, validation: 8) == 5e-4 * 6 / 256)
  }

  @Test func `folds are of equal size and share, and all patients are in one`() throws {
    let classes = (0..<23).map { $0 % 3 == 0 ? 1 : 0 }
    let split = try StratifiedFolds(of: classes, count: 5, seed: 22)
    #expect(split.folds.flatMap(\.self).sorted() == Array(0..<23))
    #expect(split.folds.allSatisfy { (4...5).contains($0.count) })
    #expect(split.folds.allSatisfy { (1...2).contains($0.count { classes[$0] == 1 }) })
    #expect(split.others(of: 0).count == 23 - split.folds[0].count)
    #expect(try StratifiedFolds(of: classes, count: 5, seed: 22) == split)
    #expect(try StratifiedFolds(of: classes, count: 5, seed: 23) != split)
    let error = #expect(throws: ModelError.self) {
      try StratifiedFolds(of: [0, 1], count: 5, seed: 1)
    }
    #expect(error?.description.contains("2 patients cannot be split into 5 folds") == true)
  }

  @Test func `cohorts that cannot be learned from are refused`() {
    func refusal(_ change: (inout [SurvivalPatient]) -> Void) -> String {
      var cohort = survivors(12)
      change(&cohort)
      var training = SurvivalTraining(recipe: recipe, sizes: sizes(.survival))
      (training.recipe.epochs, training.recipe.uncountedEpochs) = (2, 1)
      do { _ = try training.folds(cohort, score: concordance) } catch { return error.description }
      return ""
    }
    #expect(refusal { $0 = [] }.contains("no patients"))
    #expect(refusal { $0[3].stack.clinical = [] }.contains("Patient p3 has maps of"))
    #expect(refusal { $0[3].stack.maps = .zeros([2, 16, 32]) }.contains("Patient p3"))
    #expect(refusal { $0[2].stack.maps[0, 1, 1] = .nan }.contains("no finite number"))
    #expect(refusal { $0[1].time = -1 }.contains("Patient p1 was followed for -1"))
    let none = refusal { for index in $0.indices { $0[index].event = false } }
    #expect(none.contains("0 of 12 patients had the event"))
    #expect(refusal { _ in } == "")
  }

  @Test func `a run stops when asked to`() {
    let work = PredictionWork(isCancelled: { true })
    let error = #expect(throws: ModelError.self) {
      try SurvivalTraining(recipe: recipe, sizes: sizes(.survival))
        .folds(survivors(12), work, score: concordance)
    }
    #expect(error == .cancelled)
  }

  @Test func `maps are laid one after another in the release's order`() {
    let genes = Tensor(shape: [1, 2, 32, 32], repeating: 1)
    let tumour = Tensor(shape: [32, 32], repeating: 2)
    let features = Tensor(shape: [3, 32, 32], repeating: 3)
    let maps = PatientStack.maps(genes: genes, tumour: tumour, features: features)
    #expect(maps.shape == [6, 32, 32])
    #expect((0..<6).map { maps[$0, 0, 0] } == [1, 1, 2, 3, 3, 3])
    #expect(PatientStack.maps(genes: nil, tumour: tumour, features: nil).shape == [1, 32, 32])
  }
}
