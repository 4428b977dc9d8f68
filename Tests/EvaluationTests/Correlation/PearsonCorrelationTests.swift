import Evaluation
import Foundation
import TensorCore
import Testing

private struct Cases: Decodable {
  struct Case: Decodable {
    var name: String
    var x: [Double?]
    var y: [Double?]
    var pearsonR: Double?
    var pearsonP: Double?
  }

  var cases: [Case]
}

private struct Tails: Decodable {
  struct Case: Decodable {
    var r: Double
    var n: Int
    var minusLog10P: Double
  }

  var cases: [Case]
}

@Suite struct PearsonCorrelationTests {
  @Test func `r and p are SciPy's`() throws {
    for golden in try Golden.json("correlation.json", as: Cases.self).cases {
      let x = golden.x.map { $0 ?? .nan }
      let y = golden.y.map { $0 ?? .nan }
      let found = PearsonCorrelation(x, y)
      // SciPy refuses NaN; here the spot is left out.
      if golden.name == "nan_input" {
        #expect(found.spotCount == 3 && found.r == 1)
        continue
      }
      guard let r = golden.pearsonR, let p = golden.pearsonP else {
        #expect(found.r.isNaN && found.pValue.isNaN && found.minusLog10P.isNaN, "\(golden.name)")
        continue
      }
      #expect(abs(found.r - r) <= 1e-13, "\(golden.name): \(found.r), not \(r)")
      // What is left of p for a perfect line is the rounding of r, here as in SciPy.
      if golden.name == "n3_perfect" {
        #expect(found.pValue < 2e-8)
        continue
      }
      #expect(
        abs(found.pValue - p) <= 1e-9 * p, "\(golden.name): \(found.pValue), not \(p)")
      guard p > 0 else { continue }
      let log = -log10(p)
      #expect(
        abs(found.minusLog10P - log) <= 1e-9 * (1 + log),
        "\(golden.name): \(found.minusLog10P), not \(log)")
    }
  }

  @Test func `p is right where it is too small to write`() throws {
    for golden in try Golden.json("correlation_tails.json", as: Tails.self).cases {
      let found = PearsonCorrelation(r: golden.r, spotCount: golden.n).minusLog10P
      let difference = abs(found - golden.minusLog10P)
      #expect(
        difference <= 1e-11 * golden.minusLog10P,
        "r \(golden.r), n \(golden.n): \(found), not \(golden.minusLog10P)")
    }
  }

  @Test func `p goes on past the smallest number`() throws {
    let near = try #require(
      Golden.json("correlation.json", as: Cases.self).cases.first { $0.name == "p_underflow" })
    let found = PearsonCorrelation(near.x.map { $0 ?? .nan }, near.y.map { $0 ?? .nan })
    #expect(found.pValue == 0)
    // About (n / 2 − 1) · log10(1 / (1 − r²)) = 299 · 3.964.
    #expect((1184..<1189).contains(found.minusLog10P), "\(found.minusLog10P)")
    #expect(PearsonCorrelation(r: 1, spotCount: 10).minusLog10P == .infinity)
    #expect(PearsonCorrelation(r: -1, spotCount: 10).pValue == 0)
    #expect(PearsonCorrelation(r: 0, spotCount: 10).minusLog10P == 0)
  }

  @Test func `too little says nothing`() {
    #expect(PearsonCorrelation([], [Double]()).r.isNaN)
    #expect(PearsonCorrelation([1], [2]).r.isNaN)
    let two = PearsonCorrelation([1, 2], [5, 3])
    #expect(two.r == -1 && two.pValue == 1 && two.minusLog10P == 0)
    #expect(PearsonCorrelation([1, 2, .infinity], [1, 2, 3]).r.isNaN)
    let none = PearsonCorrelation([1, .nan, 3], [.nan, 2, .nan])
    #expect(none.r.isNaN && none.spotCount == 0)
    #expect(PearsonCorrelation([1, .nan, 3], [.nan, 2, 3]).minusLog10P.isNaN)
  }

  @Test func `values may be as large and as small as numbers get`() {
    let y: [Double] = [2, 1, 3, 5, 4]
    // Of a number as small as 2⁻¹⁰⁶⁰ only 14 bits are left.
    for (scale, tolerance) in [(exp2(-1060.0), 1e-3), (1e-300, 1e-14), (1, 1e-14), (1e300, 1e-14)] {
      let r = PearsonCorrelation([1, 2, 3, 4, 5].map { $0 * scale }, y).r
      #expect(abs(r - 0.8) < tolerance, "\(scale): \(r)")
    }
  }

  @Test(arguments: seeds)
  func `shift and positive scale change nothing and a negative one the sign`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let spots = 3 + generator.nextIndex(below: 60)
    let x = (0..<spots).map { _ in generator.nextNormal() }
    let y = x.map { $0 + 2 * generator.nextNormal() }
    let found = PearsonCorrelation(x, y)
    let moved = PearsonCorrelation(x.map { 3 * $0 - 5 }, y.map { 0.125 * $0 + 7 })
    #expect(abs(found.r - moved.r) < 1e-13)
    let turned = PearsonCorrelation(x.map { -$0 }, y)
    #expect(turned.r == -found.r && turned.minusLog10P == found.minusLog10P)
    #expect(PearsonCorrelation(y, x).r == found.r)
    #expect((-1...1).contains(found.r) && (0...1).contains(found.pValue))
  }

  @Test(arguments: seeds)
  func `a spot that is not a number is as good as not there`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var x = (0..<30).map { _ in generator.nextNormal() }
    var y = (0..<30).map { _ in generator.nextNormal() }
    for _ in 0..<6 {
      x[generator.nextIndex(below: 30)] = .nan
      y[generator.nextIndex(below: 30)] = .nan
    }
    let kept = x.indices.filter { !x[$0].isNaN && !y[$0].isNaN }
    let found = PearsonCorrelation(x, y)
    #expect(found == PearsonCorrelation(kept.map { x[$0] }, kept.map { y[$0] }))
    #expect(found.spotCount == kept.count)
  }

  @Test(arguments: seeds)
  func `p grows as r shrinks and as spots are fewer`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let r = generator.nextUnit()
    let spots = 3 + generator.nextIndex(below: 3000)
    let found = PearsonCorrelation(r: r, spotCount: spots).minusLog10P
    #expect(found >= PearsonCorrelation(r: r * 0.99, spotCount: spots).minusLog10P)
    #expect(found <= PearsonCorrelation(r: r, spotCount: spots + 1).minusLog10P)
  }

  @Test(arguments: seeds)
  func `many sparse genes at once give what each alone gives`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (spots, measured, predicted) = (37, 150, 200)
    var starts = [0]
    var spotOfValue: [UInt32] = []
    var values: [Float] = []
    var dense: [[Double]] = []
    for gene in 0..<measured {
      var row = [Double](repeating: 0, count: spots)
      for spot in 0..<spots where generator.nextUnit() < Double(gene) / Double(measured - 1) {
        let value = Float(3 + generator.nextUnit())
        row[spot] = Double(value)
        spotOfValue.append(UInt32(spot))
        values.append(value)
      }
      starts.append(values.count)
      dense.append(row)
    }
    let measuredGene = (0..<predicted).map { _ in generator.nextIndex(below: measured) }
    let prediction = measuredGene.map { gene in
      let missing = generator.nextUnit() < 0.2 ? 0.3 : 0
      let isConstant = generator.nextUnit() < 0.1
      return dense[gene].map { value -> Float in
        if generator.nextUnit() < missing { return .nan }
        return isConstant ? 0.1 : Float(value * 0.3 + generator.nextNormal() + 100)
      }
    }
    let fast = pearsonCorrelations(
      ofGenesFrom: starts, spots: spotOfValue, values: values, spotCount: spots,
      with: prediction.flatMap(\.self), measuredGene: measuredGene)
    let plain = zip(measuredGene, prediction).map { gene, row in
      PearsonCorrelation(dense[gene], row.map(Double.init))
    }
    #expect(fast.map(\.spotCount) == plain.map(\.spotCount))
    #expect(fast.map(\.r.isNaN) == plain.map(\.r.isNaN))
    let furthest = largestDifference(
      fast.map { $0.r.isNaN ? 0 : $0.r }, plain.map { $0.r.isNaN ? 0 : $0.r })
    #expect(furthest.difference < 1e-12, "gene \(furthest.place)")
  }
}
