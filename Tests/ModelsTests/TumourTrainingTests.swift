import Sections
import TensorCore
import Testing

@testable import Models

/// Sections made up so that one feature of a tile tells tumour, with noise.
@Suite struct TumourTrainingTests {
  private func section(_ seed: UInt64, tumour: Set<String> = ["cancer"]) throws -> TumourSection {
    var generator = SeededGenerator(seed: seed)
    let spots = (0..<20).flatMap { row in
      (0..<20).map { Spot(id: "\($0)x\(row)", column: $0, row: row, x: 0, y: 0) }
    }
    let grid = try TileGrid(spots, sectionName: "S\(seed)")
    let centre = (generator.nextIndex(below: 12) + 4, generator.nextIndex(below: 12) + 4)
    var labels: [String?] = []
    var codes: [Float] = []
    for spot in spots {
      let (down, across) = (spot.row - centre.0, spot.column - centre.1)
      let isTumour = down * down + across * across < 30
      labels.append(spot.row == 0 ? nil : isTumour ? "cancer" : "fat")
      codes += (0..<3).map { feature in
        Float(generator.nextUnit()) - 0.5 + (isTumour && feature == 1 ? 1 : 0)
      }
    }
    return try TumourSection(
      name: "S\(seed)", grid: grid,
      tiles: Tensor(shape: [401, 3], codes + [0.2, 0.1, 0]),
      labels: Annotation(name: "pathologist", labels: labels), tumour: tumour)
  }

  private func training(_ loss: GridLoss, sectionsPerStep: Int, epochs: Int) -> TumourTraining {
    var training = TumourTraining()
    (training.sizes.widths, training.sizes.mixers) = ([4, 6, 6, 8, 8], 1)
    training.sizes.mixerSide = 3
    (training.recipe.loss, training.recipe.epochs) = (loss, epochs)
    (training.recipe.sectionsPerStep, training.recipe.learningRate) = (sectionsPerStep, 1e-2)
    return training
  }

  @Test(arguments: [(GridLoss.padded, 0, false), (.tissue, 1, false), (.tissue, 0, true)])
  func `tumour of a section not seen is told from its tiles`(
    _ loss: GridLoss, _ sectionsPerStep: Int, _ symmetries: Bool
  ) throws {
    let sections = try [section(1), section(2)]
    var training = training(loss, sectionsPerStep: sectionsPerStep, epochs: 30)
    training.recipe.symmetries = symmetries
    var heard: [TumourTraining.Epoch] = []
    let result = try training.train(sections, report: { heard.append($0) })
    #expect(heard.map(\.number) == Array(1...30) && heard.map(\.loss) == result.losses)
    #expect(heard[0].steps == (sectionsPerStep == 1 ? 2 : 1) && heard[0].learningRate > 0)
    #expect(result.epoch == 30 && result.losses.count == 30)
    #expect(result.losses[29] < 0.75 * result.losses[0])
    let other = try section(3)
    let predicted = TumourPrediction(result.network(other.features), at: other.grid)
    let known = other.isTumour.indices.filter { other.isTumour[$0] != nil }
    let right = known.count { predicted.isTumour[$0] == other.isTumour[$0] }
    #expect(Double(right) > 0.9 * Double(known.count), "\(right) of \(known.count)")
    #expect(predicted.probabilities.allSatisfy { (0...1).contains($0) })
    for (probability, soft) in zip(predicted.probabilities, predicted.softMask) {
      #expect(soft == (probability > 0.5 ? probability : 0))
    }
  }

  @Test func `the epoch that scores best is kept, and those at the start do not count`() throws {
    var training = training(.padded, sectionsPerStep: 0, epochs: 6)
    training.recipe.uncountedEpochs = 2
    var seen = 0
    let result = try training.train([section(1)]) { _ in
      seen += 1
      return seen == 2 ? 1 : 0
    }
    #expect(seen == 4)
    #expect(result.epoch == 4)
  }

  @Test func `the same seed gives the same weights to the bit`() throws {
    let training = training(.padded, sectionsPerStep: 1, epochs: 2)
    let sections = try [section(1), section(2)]
    func weights() throws -> [String: [Float]] {
      try training.train(sections).weights.mapValues(\.array)
    }
    #expect(try weights() == weights())
  }

  @Test func `losses count every cell, or labelled spots alone`() throws {
    let section = try section(1)
    let logits = Tensor(shape: [1, 1, 80, 64], repeating: -2)
    let tumour = section.isTumour.count { $0 == true }
    let known = section.isTumour.count { $0 != nil }
    func expected(_ cells: Int) -> Float {
      log1p(Tensor(exp(Tensor(-2)).item)).item + 2 * Float(tumour) / Float(cells)
    }
    let padded = training(.padded, sectionsPerStep: 0, epochs: 1).loss(logits, [section])
    #expect(abs(padded.item - expected(5120)) < 1e-5)
    let tissue = training(.tissue, sectionsPerStep: 0, epochs: 1).loss(logits, [section])
    #expect(abs(tissue.item - expected(known)) < 1e-5)
    #expect(sum(section.mask).item == Float(tumour))
  }

  @Test func `sections that nothing can be learned from are named`() throws {
    let training = training(.padded, sectionsPerStep: 0, epochs: 1)
    let healthy = try section(1, tumour: [])
    let none = #expect(throws: ModelError.self) { try training.train([healthy]) }
    #expect(none?.description.contains("No spot of S1 is labelled tumour.") == true)
    // Beside one with tumour it is what tumour is told from.
    #expect(try training.train([healthy, section(2)]).losses.count == 1)
    let spots = [Spot(id: "a", column: 0, row: 0, x: 0, y: 0)]
    let unlabelled = #expect(throws: ModelError.self) {
      try TumourSection(
        name: "S9", grid: TileGrid(spots, sectionName: "S9"), tiles: Tensor.zeros([2, 3]),
        labels: Annotation(name: "pathologist", labels: [nil]), tumour: ["cancer"])
    }
    #expect(unlabelled?.description.contains("S9: no spot has a label") == true)
    let nothing = #expect(throws: ModelError.self) { try training.train([]) }
    #expect(nothing?.description.contains("no sections") == true)
  }

  @Test func `labels that say tumour are found, and those that are not there are named`() throws {
    let first = Annotation(name: "pathologist", labels: ["invasive cancer", "connective tissue"])
    let second = Annotation(name: "pathologist", labels: ["cancer in situ", "tumour stroma"])
    #expect(
      try TumourCategories([], in: [first, second]).names == ["cancer in situ", "invasive cancer"])
    #expect(
      try TumourCategories(["cancer in situ"], in: [first, second]).names == ["cancer in situ"])
    let unknown = #expect(throws: ModelError.self) {
      try TumourCategories(["invasive cancers"], in: [first])
    }
    #expect(
      unknown?.description == "No section has a label 'invasive cancers'. Did you mean 'invasive "
        + "cancer'? There are 'connective tissue', 'invasive cancer'.")
    let fat = Annotation(name: "pathologist", labels: ["fat"])
    let none = #expect(throws: ModelError.self) { try TumourCategories([], in: [fat]) }
    #expect(
      none?.description
        == "None of the labels says tumour: there are 'fat'. Name those that do with --tumour.")
  }

  @Test(arguments: [
    ("Invasive Carcinoma", true), ("DCIS #2", true), ("tumor", true), ("Tumour_core", true),
    ("non-tumour", false), ("normal, adjacent to tumour", false), ("tumor-free", false),
    ("cancer stroma", false), ("noncancerous", false), ("fat", false), ("", false),
  ])
  func `a label says tumour by a word that nothing takes back`(_ label: String, _ says: Bool) {
    #expect(TumourCategories.saysTumour(label) == says)
  }
}
