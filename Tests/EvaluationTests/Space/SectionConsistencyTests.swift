import Evaluation
import Testing

@Suite struct SectionConsistencyTests {
  private typealias Side = SectionConsistency.Side
  /// Four spots in a row.
  private static let row = (0..<4).map { (x: Double($0), y: 0.0) }

  @Test func `the same pattern at the same places agrees, spot by spot and gene by gene`() {
    let first = Side(places: Self.row, values: [1, 2, 3, 4, 8, 6, 4, 2, 5, 5, 5, 5])
    let second = Side(places: Self.row, values: [2, 4, 6, 8, 9, 7, 5, 3, 7, 7, 7, 7])
    let found = SectionConsistency(first, second)
    #expect(found.matchedSpots == 4)
    #expect(found.genes[0].r > 0.999999 && found.genes[1].r > 0.999999)
    #expect(found.genes[2].r.isNaN && found.spotwise.constantGenes == 1)
    #expect(abs((found.spotwise.mean ?? 0) - 1) < 1e-12)
    // Means 2.5, 5, 5 beside 5, 6, 7.
    #expect(abs(found.profile.r - PearsonCorrelation([2.5, 5, 5], [5, 6, 7]).r) < 1e-12)
  }

  @Test func `order and lone spots of either section do not matter`() {
    let first = Side(places: Self.row, values: [1, 5, 2, 9])
    let second = Side(
      places: [(3, 0), (7, 7), (1, 0.2), (0, 0)], values: [9, -100, 5, 1])
    let found = SectionConsistency(first, second)
    #expect(found.matchedSpots == 3)
    #expect(abs(found.genes[0].r - 1) < 1e-12)
    #expect(SectionConsistency(first, second, reach: 0.1).matchedSpots == 2)
  }

  @Test func `a spot has one partner, the nearest that has no nearer one itself`() {
    let first = Side(places: [(0, 0), (0.4, 0)], values: [1, 2])
    let second = Side(places: [(0.3, 0)], values: [5])
    let found = SectionConsistency(first, second)
    #expect(found.matchedSpots == 1 && found.genes[0].r.isNaN && found.spotwise.mean == nil)
  }

  @Test func `sections without spots have nothing in common`() {
    let none = Side(places: [], values: [])
    let found = SectionConsistency(none, Side(places: Self.row, values: [1, 5, 2, 9]))
    #expect(found.matchedSpots == 0 && found.genes.isEmpty && found.profile.r.isNaN)
  }
}
