import Foundation
import TensorCore
import Testing

@testable import Evaluation

private struct CopyNumberGoldens: Decodable {
  struct Whole: Decodable {
    var window, step: Int
    var clip: Double
    var references: [String]
    var starts: [Int]
    var values: [Double]
  }
  struct Shortened: Decodable {
    var window: Int
    var smoothing: CopyNumberSettings.Smoothing
    var denoise, noise: Double
    var values: [Double]
  }
  var spots: Int
  var lengths: [Int]
  var expression: [Float]
  var groups: [String]
  var whole: [Whole]
  var shortened: [Shortened]

  static func read() throws -> CopyNumberGoldens {
    try JSONDecoder().decode(CopyNumberGoldens.self, from: Golden.file("copy_number.json"))
  }

  var chromosomes: [Range<Int>] { ranges(lengths) }

  func profile(_ references: [String], _ settings: CopyNumberSettings) -> CopyNumberProfile {
    CopyNumberProfile(
      of: expression, spotCount: spots, chromosomes: chromosomes,
      references: references.map { name in groups.indices.filter { groups[$0] == name } }, settings)
  }
}

private func ranges(_ lengths: [Int]) -> [Range<Int>] {
  var first = 0
  return lengths.map { length in
    defer { first += length }
    return first..<first + length
  }
}

@Suite struct CopyNumberTests {
  @Test func `whole windows are those of infercnvpy`() throws {
    let goldens = try CopyNumberGoldens.read()
    for golden in goldens.whole {
      var settings = CopyNumberSettings()
      settings.window = golden.window
      settings.step = golden.step
      settings.clip = golden.clip
      settings.ends = .whole
      settings.denoise = 0
      let found = goldens.profile(golden.references, settings)
      #expect(found.chromosomes.map(\.lowerBound) == golden.starts)
      #expect(found.values.count == golden.values.count)
      let (difference, place) = largestDifference(found.values.map(Double.init), golden.values)
      #expect(difference < 2e-6, "window \(golden.window), place \(place)")
    }
  }

  @Test func `shortened windows and noise are those of inferCNV's formulas`() throws {
    let goldens = try CopyNumberGoldens.read()
    for golden in goldens.shortened {
      var settings = CopyNumberSettings()
      settings.window = golden.window
      settings.smoothing = golden.smoothing
      settings.denoise = golden.denoise
      let found = goldens.profile(["a", "b"], settings)
      #expect(found.chromosomes == goldens.chromosomes)
      #expect(abs(found.noise - golden.noise) < 1e-7)
      let (difference, place) = largestDifference(found.values.map(Double.init), golden.values)
      #expect(difference < 2e-6, "window \(golden.window), place \(place)")
    }
  }

  @Test(arguments: seeds)
  func `moving sums are the averages that weights give`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let lengths = (0..<3).map { _ in generator.nextIndex(below: 20) }
    let values = (0..<lengths.reduce(0, +)).map { _ in generator.nextNormal() }
    var settings = CopyNumberSettings()
    settings.window = 1 + generator.nextIndex(below: 12)
    settings.step = 1 + generator.nextIndex(below: 3)
    settings.smoothing = seed % 2 == 0 ? .pyramid : .flat
    let smoothing = GenomicSmoothing(chromosomes: ranges(lengths), settings)
    let w = settings.window
    var expected: [Double] = []
    for genes in ranges(lengths) {
      for centre in stride(from: genes.lowerBound, to: genes.upperBound, by: settings.step) {
        let first = centre + w / 2 - w + 1
        let inside = (first..<first + w).filter { genes.contains($0) }
        let weights = inside.map { gene in
          settings.smoothing == .flat ? 1 : Double(min(gene - first + 1, first + w - gene))
        }
        let sum = zip(inside, weights).reduce(0) { $0 + values[$1.0] * $1.1 }
        expected.append(sum / weights.reduce(0, +))
      }
    }
    let found = smoothing(values)
    #expect(found.count == expected.count)
    #expect(expected.isEmpty || largestDifference(found, expected).difference < 1e-10)
  }

  @Test(arguments: seeds)
  func `a shift of a gene in all spots changes nothing`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (spots, lengths) = (9, [12, 7])
    let values = (0..<spots * 19).map { _ in Float(generator.nextIndex(below: 64)) / 16 }
    let shifts = (0..<19).map { _ in Float(generator.nextIndex(below: 8)) }
    let shifted = values.indices.map { values[$0] + shifts[$0 % 19] }
    var settings = CopyNumberSettings()
    settings.window = 5
    func profile(_ values: [Float]) -> CopyNumberProfile {
      CopyNumberProfile(
        of: values, spotCount: spots, chromosomes: ranges(lengths), references: [[0, 1], [2, 3]],
        settings)
    }
    let (first, second) = (profile(values), profile(shifted))
    #expect(zip(first.values, second.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `a gain shows as a band above 0 and nothing else does`() {
    // Thirty genes in a row at twice the reference's expression, in half of the spots.
    var generator = SeededGenerator(seed: 4)
    let (spots, genes) = (20, 120)
    var values = (0..<spots * genes).map { _ in Float(2 + 0.2 * generator.nextNormal()) }
    for spot in 10..<20 { for gene in 40..<70 { values[spot * genes + gene] += 0.7 } }
    var settings = CopyNumberSettings()
    settings.window = 21
    let found = CopyNumberProfile(
      of: values, spotCount: spots, chromosomes: [0..<genes], references: [Array(0..<10)], settings)
    for spot in 10..<20 {
      let row = Array(found.values(ofSpot: spot))
      #expect(row[48...62].allSatisfy { $0 > 0.4 })
      #expect(found.signal(ofSpot: spot) > 4 * found.signal(ofSpot: spot - 10))
    }
  }

  @Test func `spots without a prediction are no numbers and no reference`() {
    var values = [Float](repeating: 1, count: 4 * 6)
    values[8] = .nan
    var settings = CopyNumberSettings()
    settings.window = 3
    let found = CopyNumberProfile(
      of: values, spotCount: 4, chromosomes: [0..<6], references: [[0, 1]], settings)
    #expect(found.values(ofSpot: 1).allSatisfy { $0.isNaN } && found.signal(ofSpot: 1).isNaN)
    #expect(found.values(ofSpot: 0).allSatisfy { $0 == 0 })
    let none = CopyNumberProfile(
      of: [], spotCount: 3, chromosomes: [0..<0], references: [[0]], settings)
    #expect(none.windows.isEmpty && none.values.isEmpty)
  }
}
