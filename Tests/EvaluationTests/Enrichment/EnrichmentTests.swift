import Foundation
import TensorCore
import Testing

@testable import Evaluation

struct EnrichmentGoldens: Decodable {
  struct Tail: Decodable {
    var atLeast, total, marked, drawn: Int
    /// Nil for a chance of 0.
    var log: Double?
  }
  struct Discovery: Decodable {
    var p, adjusted: [Double]
  }
  struct Scores: Decodable {
    var values: [Double]
    var genes, spots: Int
    var sets: [[Int]]
    var walk, gseapyES, gseapyNES: [Double]
  }
  var tails: [Tail]
  var discovery: [Discovery]
  var scores: Scores

  static func read() throws -> EnrichmentGoldens {
    try JSONDecoder().decode(EnrichmentGoldens.self, from: Golden.file("enrichment.json"))
  }
}

@Suite struct OverRepresentationTests {
  @Test func `tails are those of exact fractions`() throws {
    for tail in try EnrichmentGoldens.read().tails {
      let found = logHypergeometricTail(
        atLeast: tail.atLeast, marked: tail.marked, drawn: tail.drawn, among: tail.total)
      guard let log = tail.log else {
        #expect(found == -.infinity, "\(tail)")
        continue
      }
      #expect(abs(found - log) <= 1e-9 * abs(log) + 1e-9 * exp(log), "\(tail): \(found)")
    }
  }

  @Test func `chances are adjusted as statsmodels does`() throws {
    for golden in try EnrichmentGoldens.read().discovery {
      let (difference, place) = largestDifference(benjaminiHochberg(golden.p), golden.adjusted)
      #expect(difference < 1e-14, "\(place)")
    }
    let withNone = benjaminiHochberg([0.01, .nan, 0.04])
    #expect(abs(withNone[0] - 0.02) < 1e-15 && abs(withNone[2] - 0.04) < 1e-15)
    #expect(withNone[1].isNaN)
    #expect(benjaminiHochberg([]).isEmpty)
  }

  @Test(arguments: seeds)
  func `adjusted chances are no smaller, keep the order and are 1 at most`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let p = (0..<40).map { _ in generator.nextUnit() * generator.nextUnit() }
    let adjusted = benjaminiHochberg(p)
    #expect(zip(p, adjusted).allSatisfy { $0 <= $1 * (1 + 1e-12) && $1 <= 1 })
    let order = p.indices.sorted { p[$0] < p[$1] }
    #expect(zip(order, order.dropFirst()).allSatisfy { adjusted[$0] <= adjusted[$1] })
  }

  @Test(arguments: seeds)
  func `the chances of all overlaps add up to 1`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let total = 5 + generator.nextIndex(below: 200)
    let (marked, drawn) = (generator.nextIndex(below: total), generator.nextIndex(below: total))
    let tails = (0...min(marked, drawn) + 1).map {
      exp(logHypergeometricTail(atLeast: $0, marked: marked, drawn: drawn, among: total))
    }
    #expect(tails[0] == 1 && tails.last == 0)
    #expect(zip(tails, tails.dropFirst()).allSatisfy { $0 >= $1 })
    // The mean of the overlap is the sum of its tails.
    let mean = tails.dropFirst().reduce(0, +)
    #expect(abs(mean - Double(marked * drawn) / Double(total)) < 1e-9 * max(1, mean))
  }

  @Test func `sets count with their genes in the universe, and small ones are not tested`() {
    let test = OverRepresentation(
      of: [0, 1, 2, 2, 9], among: 10, sets: [[0, 1, 2, 0], [3, 4], [], [5, 6, 7, 8]])
    #expect(test.chosenCount == 4 && test.universeCount == 10)
    #expect(test.rows.map(\.size) == [3, 2, 0, 4])
    #expect(test.rows.map(\.overlap) == [[0, 1, 2], [], [], []])
    #expect(test.rows.map(\.isTested) == [true, false, false, true])
    // Three of three marked among four drawn of ten: C(7, 1) / C(10, 4) = 1 / 30.
    #expect(abs(test.rows[0].p - 1.0 / 30) < 1e-14)
    #expect(abs(test.rows[0].adjustedP - 2.0 / 30) < 1e-14)
    #expect(abs(test.rows[0].foldEnrichment - 2.5) < 1e-14)
    #expect(test.rows[3].p == 1 && test.rows[3].minusLog10AdjustedP == 0)
    #expect(test.rows[1].p.isNaN && test.rows[2].foldEnrichment.isNaN)
  }
}

@Suite struct SingleSampleScoreTests {
  @Test func `scores are those of the walk, and GSEApy's`() throws {
    let golden = try EnrichmentGoldens.read().scores
    let measure = SingleSampleScores(sets: golden.sets, geneCount: golden.genes)
    let found = measure.scores(of: golden.values.map { Float($0) })
    #expect(largestDifference(found, golden.walk).difference < 1e-10)
    #expect(largestDifference(found, golden.gseapyES).difference < 1e-10)
    let normalized = SingleSampleScores.normalized(found, by: .range)
    #expect(largestDifference(normalized, golden.gseapyNES).difference < 1e-12)
    #expect(SingleSampleScores.normalized(found, by: .none) == found)
  }

  @Test(arguments: seeds)
  func `scores follow ranks alone and know no order of genes`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = 10 + generator.nextIndex(below: 60)
    // Many ties at 0, as counts have them.
    let values = (0..<count).map { _ in Double(max(0, generator.nextIndex(below: 8) - 3)) }
    let set = (0..<count).filter { _ in generator.nextIndex(below: 3) == 0 } + [0]
    let measure = SingleSampleScores(sets: [set], geneCount: count)
    let score = measure.scores(at: values)[0]
    #expect(measure.scores(at: values.map { 3 * exp($0) - 7 })[0] == score)
    let order = (0..<count).map { ($0 * 7 + 3) % count }
    guard Set(order).count == count else { return }
    var moved = values
    for (from, to) in order.enumerated() { moved[to] = values[from] }
    let other = SingleSampleScores(sets: [set.map { order[$0] }], geneCount: count)
    #expect(abs(other.scores(at: moved)[0] - score) < 1e-9)
  }

  @Test(arguments: seeds)
  func `without a weight the score is the difference of the mean ranks`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<30).map { _ in generator.nextNormal() }
    let set = [1, 4, 9, 16, 25]
    let ranks = ranks(of: values)
    let own = set.reduce(0) { $0 + ranks[$1] } / 5
    let others = (ranks.reduce(0, +) - own * 5) / 25
    let score = SingleSampleScores(sets: [set], geneCount: 30, weight: 0).scores(at: values)[0]
    #expect(abs(score - (own - others)) < 1e-10)
  }

  @Test func `what cannot be scored is no number`() {
    let measure = SingleSampleScores(sets: [[], [0, 1, 2], [1]], geneCount: 3)
    let scores = measure.scores(at: [1, 2, 3])
    #expect(scores[0].isNaN && scores[1].isNaN && scores[2] == 0)
    #expect(measure.scores(at: [1, .nan, 3]).allSatisfy { $0.isNaN })
    #expect(SingleSampleScores.normalized([2, 2, .nan], by: .range).prefix(2) == [2, 2])
  }
}
