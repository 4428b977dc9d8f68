import Evaluation
import Foundation
import TensorCore
import Testing

private struct Cases: Decodable {
  struct Case: Decodable {
    var name: String
    var x: [Double?]
    var y: [Double?]
    var spearmanR: Double?
    var spearmanP: Double?
  }

  var cases: [Case]
}

@Suite struct SpearmanCorrelationTests {
  @Test func `r and p of ranks are SciPy's`() throws {
    for golden in try Golden.json("correlation.json", as: Cases.self).cases {
      let found = SpearmanCorrelation(golden.x.map { $0 ?? .nan }, golden.y.map { $0 ?? .nan })
      if golden.name == "nan_input" {
        #expect(found.spotCount == 3 && found.r == 1)
        continue
      }
      guard let r = golden.spearmanR else {
        #expect(found.r.isNaN && found.pValue.isNaN && found.minusLog10P.isNaN, "\(golden.name)")
        continue
      }
      #expect(abs(found.r - r) <= 1e-13, "\(golden.name): \(found.r), not \(r)")
      // Two spots, which SciPy has no p for, and orders that are the same or opposite.
      guard abs(r) < 1 - 1e-12, let p = golden.spearmanP else {
        #expect(found.pValue == (found.spotCount == 2 ? 1 : 0), "\(golden.name)")
        continue
      }
      #expect(abs(found.pValue - p) <= 1e-9 * p, "\(golden.name): \(found.pValue), not \(p)")
      guard p > 0 else { continue }
      let log = -log10(p)
      #expect(
        abs(found.minusLog10P - log) <= 1e-9 * (1 + log),
        "\(golden.name): \(found.minusLog10P), not \(log)")
    }
  }

  @Test func `equal values share the mean of their places`() {
    // Ranks 1.5, 1.5, 3, 4 and 1, 2.5, 2.5, 4: products 3.75, squares 4.5 each.
    let found = SpearmanCorrelation([0, 0, 5, 9], [-1, 3, 3, 8])
    #expect(abs(found.r - 3.75 / 4.5) < 1e-15 && found.spotCount == 4)
  }

  @Test func `p goes on past the smallest number`() {
    let x = (0..<4000).map(Double.init)
    var y = x
    y.swapAt(7, 2000)
    let found = SpearmanCorrelation(x, y)
    #expect(found.pValue == 0 && found.minusLog10P > 5000 && found.minusLog10P.isFinite)
  }

  @Test func `too little says nothing and infinity is the last`() {
    #expect(SpearmanCorrelation([], [Double]()).r.isNaN)
    #expect(SpearmanCorrelation([1], [2]).r.isNaN)
    #expect(SpearmanCorrelation([1, 1, 1], [1, 2, 3]).minusLog10P.isNaN)
    #expect(SpearmanCorrelation([1, 2, .infinity], [1, 2, 3]).r == 1)
    let none = SpearmanCorrelation([.nan, .nan], [1, 2])
    #expect(none.r.isNaN && none.spotCount == 0)
  }

  /// Ranks here by counting: how many values are lower, and half of those that are equal.
  @Test(arguments: seeds)
  func `ranks of any numbers are those of counting`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let odd: [Double] = [
      0, -0.0, .leastNonzeroMagnitude, -1e300, .infinity, -.infinity, 1, 1 + .ulpOfOne,
    ]
    func values() -> [Double] {
      (0..<50).map { _ in
        generator.nextUnit() < 0.3
          ? odd[generator.nextIndex(below: odd.count)]
          : generator.nextNormal() * exp2(Double(generator.nextIndex(below: 80)) - 40)
      }
    }
    func counted(_ list: [Double]) -> [Double] {
      list.map { value in
        Double(list.count { $0 < value }) + Double(list.count { $0 == value }) / 2
      }
    }
    let (x, y) = (values(), values())
    let found = SpearmanCorrelation(x, y).r
    #expect(abs(found - PearsonCorrelation(counted(x), counted(y)).r) < 1e-13)
  }

  @Test(arguments: seeds)
  func `a strictly rising change leaves ranks and a falling one turns them`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let spots = 3 + generator.nextIndex(below: 60)
    // Few different values, so that there are ties.
    let x = (0..<spots).map { _ in Double(generator.nextIndex(below: 9)) }
    let y = x.map { $0 + Double(generator.nextIndex(below: 12)) }
    let found = SpearmanCorrelation(x, y)
    let bent = SpearmanCorrelation(x.map { exp($0 / 3) }, y.map { $0 * $0 * $0 - 4 })
    #expect(bent == found || found.r.isNaN && bent.r.isNaN)
    let turned = SpearmanCorrelation(x.map { -$0 }, y)
    #expect(abs(turned.r + found.r) < 1e-14 || found.r.isNaN)
    #expect(SpearmanCorrelation(y, x).r == found.r || found.r.isNaN)
    #expect((-1...1).contains(found.r) || found.r.isNaN)
  }
}
