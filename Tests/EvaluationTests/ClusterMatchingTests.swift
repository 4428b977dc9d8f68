import TensorCore
import Testing

@testable import Evaluation

@Test func `clusters take the categories they overlap most, all together`() {
  // Overlaps: cluster 0 has 3 of category 0 and 2 of 1, cluster 1 has 2 of category 0 alone:
  // greedy would pair 0 with 0 and leave 3; the best pairs agree at 4 spots.
  let clusters: [Int?] = [0, 0, 0, 0, 0, 1, 1, nil]
  let categories: [Int?] = [0, 0, 0, 1, 1, 0, 0, 1]
  #expect(
    categoriesMatching(
      clusters: clusters, clusterCount: 2, categories: categories, categoryCount: 2) == [1, 0])
}

@Test func `clusters too many or without overlap get none`() {
  #expect(
    categoriesMatching(
      clusters: [0, 1, 1, 2], clusterCount: 4, categories: [0, 0, 0, nil], categoryCount: 1)
      == [nil, 0, nil, nil])
  #expect(
    categoriesMatching(clusters: [], clusterCount: 2, categories: [], categoryCount: 0)
      == [nil, nil])
  #expect(
    categoriesMatching(clusters: [], clusterCount: 0, categories: [], categoryCount: 3).isEmpty)
}

@Test(arguments: seeds)
func `the assignment is as cheap as the best of all`(seed: UInt64) {
  var generator = SeededGenerator(seed: seed)
  let rows = 1 + generator.nextIndex(below: 5)
  let columns = rows + generator.nextIndex(below: 3)
  let costs = (0..<rows * columns).map { _ in generator.nextIndex(below: 20) - 10 }
  func cheapest(from row: Int, without used: Set<Int>) -> Int {
    guard row < rows else { return 0 }
    return (0..<columns).filter { !used.contains($0) }.map {
      costs[row * columns + $0] + cheapest(from: row + 1, without: used.union([$0]))
    }.min() ?? 0
  }
  let assigned = cheapestAssignment(costs: costs, rows: rows)
  #expect(Set(assigned).count == rows)
  #expect(
    assigned.enumerated().reduce(0) { $0 + costs[$1.offset * columns + $1.element] }
      == cheapest(from: 0, without: []))
}
