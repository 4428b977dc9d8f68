import Evaluation
import Foundation
import TensorCore
import Testing

@Test func `quartiles lie between ranks as NumPy's do`() {
  // np.quantile([.1, .2, .4, .8], [.25, .5, .75]) = [.175, .3, .5].
  let found = CorrelationSummary(of: [0.8, 0.1, .nan, 0.4, 0.2])
  #expect(found.genes == 4 && found.constantGenes == 1)
  let quartiles = [found.lowerQuartile, found.median, found.upperQuartile, found.mean]
  for (found, golden) in zip(quartiles, [0.175, 0.3, 0.5, 0.375]) {
    #expect(abs((found ?? .nan) - golden) < 1e-15)
  }
}

@Test func `constant genes are left out, counted as zero or let through`() {
  let correlations = [0.5, .nan, 0.25, .nan]
  #expect(CorrelationSummary(of: correlations).mean == 0.375)
  let zero = CorrelationSummary(of: correlations, constantGenes: .countedAsZero)
  #expect(zero.mean == 0.1875 && zero.median == 0.125 && zero.constantGenes == 2)
  let none = CorrelationSummary(of: correlations, constantGenes: .propagated)
  #expect(none.mean == nil && none.median == nil && none.genes == 2)
  #expect(CorrelationSummary(of: [0.5], constantGenes: .propagated).mean == 0.5)
}

@Test func `no genes have no mean`() throws {
  let found = CorrelationSummary(of: [.nan])
  #expect(found.mean == nil && found.lowerQuartile == nil && found.genes == 0)
  let json = try JSONEncoder().encode(found)
  #expect(try JSONDecoder().decode(CorrelationSummary.self, from: json) == found)
  #expect(CorrelationSummary(of: [0.5]).upperQuartile == 0.5)
}

@Test(arguments: seeds)
func `a line through points on a line is that line`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let x = (0..<20).map { _ in Float(generator.nextNormal()) }
  let slope = Float(generator.nextIndex(below: 9)) - 4
  var y = x.map { slope * $0 + 2 }
  y[3] = .nan
  let fit = LinearFit(of: y, on: x)
  #expect(abs(fit.slope - Double(slope)) < 1e-6 && abs(fit.intercept - 2) < 1e-6)
  #expect(slope == 0 ? fit.r.isNaN : abs(abs(fit.r) - 1) < 1e-12)
  #expect(abs(fit.y(atX: 1) - Double(slope) - 2) < 1e-6)
}

@Test func `a line needs two places`() {
  #expect(LinearFit(of: [1, 2], on: [3, 3]).slope.isNaN)
  #expect(LinearFit(of: [1], on: [3]).slope.isNaN)
  #expect(LinearFit(of: [], on: []).intercept.isNaN)
  // Least squares in y: x 0, 0, 1 and y 0, 2, 4 give slope 3 from the means 1 and 4.
  let fit = LinearFit(of: [0, 2, 4], on: [0, 0, 1])
  #expect(abs(fit.slope - 3) < 1e-15 && abs(fit.intercept - 1) < 1e-15)
}
