import Foundation
import Images
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

private let width = StainStatistics.names.count

/// Statistics by chance, and expression that follows them but for noise.
private struct Synthetic {
  var statistics: [StainStatistics] = []
  var expression: [[Float]] = []
  let genes = 3

  init(sections: Int, spots: Int, noise: Double, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func uniform() -> Double { 2 * generator.nextUnit() - 1 }
    let weights = (0..<width * 3).map { _ in uniform() }
    for section in 0..<sections {
      let values = (0..<spots * width).map { _ in uniform() }
      statistics.append(StainStatistics(spotCount: spots, values: values))
      expression.append(
        (0..<spots * 3).map { place in
          let (spot, gene) = (place / 3, place % 3)
          let signal = (0..<width).reduce(0) {
            $0 + values[spot * width + $1] * weights[$1 * 3 + gene]
          }
          return Float(signal + noise * uniform() + Double(10 * section))
        })
    }
  }

  func fit() throws -> RidgeFit {
    try RidgeFit(
      of: zip(statistics, expression).map { RidgeFit.Observations($0, expression: $1) },
      genes: genes, score: meanCorrelation)
  }

  /// A plain one for the tests; the program's is Evaluation's.
  func meanCorrelation(_ x: [Float], _ y: [Float]) -> Double? {
    let spots = x.count / genes
    guard spots > 1 else { return nil }
    let correlations = (0..<genes).map { gene in
      let places = gene * spots..<(gene + 1) * spots
      let (a, b) = (deviations(x[places]), deviations(y[places]))
      func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }
    return correlations.reduce(0, +) / Double(genes)
  }

  private func deviations(_ values: ArraySlice<Float>) -> [Double] {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    return values.map { Double($0) - mean }
  }
}

@Suite struct RidgeTests {
  @Test func `a small system has the solution found by hand`() {
    // XᵀX = [[2, 1], [1, 2]], XᵀY = [4, 5], and 3 spots with a penalty of 1/3 add 1 to the
    // diagonal: [[3, 1], [1, 3]] w = [4, 5] gives w = [7/8, 11/8].
    let equations = RidgeEquations(
      [1, 0, 0, 1, 1, 1], targets: [1, 2, 3], observed: [1, 2, 3], width: 2, genes: 1)
    let weight = equations.solution(penalty: 1.0 / 3)
    #expect(abs(weight[0] - 7.0 / 8) < 1e-14 && abs(weight[1] - 11.0 / 8) < 1e-14)
    let predicted = equations.predicted(with: weight)
    #expect(predicted == [0.875, 1.375, 2.25])
  }

  @Test func `the solution is that of the dual`() {
    // (XᵀX + a I) W = XᵀY, and its dual W = Xᵀ V with (XXᵀ + a I) V = Y: check V's equation.
    let (spots, columns, genes) = (5, 8, 2)
    var generator = SeededGenerator(seed: 4)
    let x = (0..<spots * columns).map { _ in generator.nextUnit() - 0.5 }
    let y = (0..<spots * genes).map { _ in generator.nextUnit() - 0.5 }
    let penalty = 0.07
    let weight = RidgeEquations(
      x, targets: y, observed: y.map(Float.init), width: columns, genes: genes
    ).solution(penalty: penalty)
    let a = penalty * Double(spots)
    // V = (Y − X W) / a, and Xᵀ V must be W.
    for gene in 0..<genes {
      let v = (0..<spots).map { spot in
        let fitted = (0..<columns).reduce(0) {
          $0 + x[spot * columns + $1] * weight[$1 * genes + gene]
        }
        return (y[spot * genes + gene] - fitted) / a
      }
      for column in 0..<columns {
        let dual = (0..<spots).reduce(0) { $0 + x[$1 * columns + column] * v[$1] }
        #expect(abs(dual - weight[column * genes + gene]) < 1e-12)
      }
    }
  }

  @Test func `equations of two sets of spots add up to those of both`() {
    let x: [Double] = [1, 2, 0.5, -1, 3, 0.25, -2, 1]
    let y: [Double] = [1, -1, 0.5, 2]
    func equations(_ rows: Range<Int>) -> RidgeEquations {
      let targets = Array(y[rows])
      return RidgeEquations(
        Array(x[2 * rows.lowerBound..<2 * rows.upperBound]), targets: targets,
        observed: targets.map(Float.init), width: 2, genes: 1)
    }
    let sum = RidgeEquations.sum(of: [equations(0..<1), equations(1..<4)])
    for (a, b) in zip(sum.solution(penalty: 0.1), equations(0..<4).solution(penalty: 0.1)) {
      #expect(abs(a - b) < 1e-14)
    }
  }

  @Test func `without noise the smallest penalties win, with much noise large ones`() throws {
    let clear = try Synthetic(sections: 3, spots: 60, noise: 0, seed: 1).fit()
    let noisy = try Synthetic(sections: 3, spots: 60, noise: 12, seed: 1).fit()
    #expect(clear.penalty < 0.01 && noisy.penalty > 0.1, "\(clear.penalty), \(noisy.penalty)")
    #expect((clear.scores.max() ?? 0) > 0.99)
    #expect(clear.heldOutSections)
  }

  @Test func `one section alone is held out in blocks`() throws {
    let fit = try Synthetic(sections: 1, spots: 120, noise: 0.5, seed: 2).fit()
    #expect(!fit.heldOutSections && (fit.scores.max() ?? 0) > 0.9)
  }

  @Test func `the same input gives the same bits`() throws {
    let first = try Synthetic(sections: 2, spots: 40, noise: 1, seed: 3).fit()
    let second = try Synthetic(sections: 2, spots: 40, noise: 1, seed: 3).fit()
    #expect(first.weight == second.weight && first.bias == second.bias)
    #expect(first.scores == second.scores && first.penalty == second.penalty)
  }

  @Test func `predictions are in the units of the expression`() throws {
    let data = Synthetic(sections: 2, spots: 80, noise: 0, seed: 5)
    let fit = try data.fit()
    let ridge = try Ridge(
      Checkpoint(
        ridge: fit, genes: ["A", "B", "C"], normalization: .released, sections: ["P1", "P2"],
        patients: ["P", "P"]))
    let predicted = ridge(data.statistics[0]).array
    let observed = data.expression[0]
    // The two sections differ by 10 in level, which no statistic tells: the bias is between them.
    for gene in 0..<3 {
      let spots = (0..<80).map { $0 * 3 + gene }
      let error = spots.map { Double(predicted[$0] - observed[$0]) }
      let mean = error.reduce(0, +) / 80
      #expect(abs(mean - 5) < 0.7, "\(mean)")
      #expect(error.allSatisfy { abs($0 - mean) < 0.7 })
    }
  }

  @Test func `a gene that never varies is predicted to be what it is`() throws {
    var data = Synthetic(sections: 2, spots: 20, noise: 1, seed: 6)
    for section in 0..<2 {
      for spot in 0..<20 { data.expression[section][spot * 3 + 1] = 0.7 }
    }
    let fit = try RidgeFit(
      of: zip(data.statistics, data.expression).map {
        RidgeFit.Observations($0, expression: $1)
      }, genes: 3
    ) { _, _ in nil }
    #expect((0..<width).allSatisfy { fit.weight[$0 * 3 + 1] == 0 })
    #expect(abs(fit.bias[1] - 0.7) < 1e-6)
    // Nothing could be scored: the plainest model.
    #expect(fit.penalty == RidgeFit.penalties.last && fit.scores.allSatisfy { $0.isNaN })
  }

  @Test func `nothing is fitted to no spots, nor when it is no longer wanted`() throws {
    let none = #expect(throws: ModelError.self) {
      try RidgeFit(of: [], genes: 3) { _, _ in nil }
    }
    #expect(
      none?.description
        == "A ridge cannot be fitted to no spots. Name sections with spots to train on.")
    let data = Synthetic(sections: 2, spots: 5, noise: 1, seed: 7)
    #expect(throws: ModelError.cancelled) {
      try RidgeFit(
        of: [RidgeFit.Observations(data.statistics[0], expression: data.expression[0])],
        genes: 3, PredictionWork(isCancelled: { true })
      ) { _, _ in nil }
    }
  }

  @Test func `a fitted ridge reads back from its file and predicts the same`() throws {
    let folder = try TemporaryFolder()
    let data = Synthetic(sections: 2, spots: 30, noise: 1, seed: 8)
    let checkpoint = Checkpoint(
      ridge: try data.fit(), genes: ["A", "B", "C"], normalization: .released,
      sections: ["P1", "Q1"], patients: ["P", "Q"])
    let url = folder.url.appending(path: "ridge.safetensors")
    try checkpoint.write(to: url, replacing: false)
    let read = try Checkpoint(reading: url)
    #expect(read.modelName == "ridge" && read.genes == ["A", "B", "C"])
    #expect(read.trainingProtocol == checkpoint.trainingProtocol)
    #expect(
      read.protocolSummary
        == "ridge fitted to P1, Q1; penalty chosen by holding out each training section in turn")
    let again = try #require(try read.network(file: url.path) as? Ridge)
    let original = try Ridge(checkpoint)
    #expect(again(data.statistics[0]).array == original(data.statistics[0]).array)
  }

  @Test func `weights fitted to other statistics are refused`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "he.png")
    try RGBImage(width: 8, height: 8).writePNG(to: url)
    var configuration = Ridge.Configuration()
    (configuration.statistics, configuration.genes) = (2, 3)
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    let ridge = Ridge(configuration, &parameters)
    let input = SectionInput(
      sectionName: "P1", spots: [], image: try ImageFile(opening: url), pitchPixels: 4)
    let error = #expect(throws: ModelError.self) { try ridge.predict(input, PredictionWork()) }
    #expect(error?.description.contains("version 2") == true)
  }
}
