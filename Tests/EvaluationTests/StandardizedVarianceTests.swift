import Foundation
import Testing

@testable import Evaluation

@Suite struct StandardizedVarianceTests {
  private struct Answers: Decodable {
    struct Curve: Decodable { var x, y, fitted: [Double] }
    var counts: [[Float]]
    var variances: [Double]
    var chosen: [Int]
    var curves: [Curve]
  }

  private func answers() throws -> Answers {
    try Golden.json("standardized_variance.json", as: Answers.self)
  }

  /// Counts a row a gene, stored as sparse ones are.
  private func variances(_ counts: [[Float]]) -> [Double] {
    let entries = counts.map { $0.filter { $0 != 0 } }
    let starts = entries.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    return standardizedVariances(
      spotCount: counts.first?.count ?? 0, starts: starts, counts: Array(entries.joined()))
  }

  @Test func `a curve is that of dloess, ties and all`() throws {
    for curve in try answers().curves {
      let fitted = LocalRegression(Array(zip(curve.x, curve.y)).map { (x: $0, y: $1) }, span: 0.3)
      for (x, value) in zip(curve.x, curve.fitted) { #expect(abs(fitted(x) - value) < 1e-8) }
    }
  }

  @Test func `a parabola is its own curve`() {
    let points = stride(from: 0.0, to: 50, by: 1).map { (x: $0, y: (3 - 0.5 * $0) * $0) }
    let curve = LocalRegression(points, span: 0.3)
    // The cubic between two vertices has the parabola's values and slopes at both.
    for point in points { #expect(abs(curve(point.x) - point.y) < 1e-8) }
  }

  @Test func `variances are those of seurat_v3, and so are the genes it takes`() throws {
    let answers = try answers()
    let found = variances(answers.counts)
    for (value, expected) in zip(found, answers.variances) {
      #expect(abs(value - expected) <= 1e-6 * max(1, expected))
    }
    let first = found.indices.sorted { (found[$1], $0) < (found[$0], $1) }.prefix(40)
    #expect(first.sorted() == answers.chosen)
  }

  @Test func `what does not vary, or is too little to tell, has none`() {
    #expect(variances([[1, 1, 1], [0, 0, 0], [1, 2, 3], [4, 1, 0]]) == [0, 0, 0, 0])
    #expect(variances([]) == [])
    #expect(variances([[5], [3], [1], [2]]) == [0, 0, 0, 0])
    let found = variances([
      [1, 1, 1, 1], [0, 2, 4, 1], [1, 2, 3, 1], [4, 1, 0, 3], [9, 0, 2, 1],
    ])
    #expect(found[0] == 0 && found.dropFirst().allSatisfy { $0 > 0 && $0.isFinite })
  }
}
