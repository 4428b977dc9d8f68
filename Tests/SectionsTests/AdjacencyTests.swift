import Foundation
import TestSupport
import Testing

@testable import Sections

private func goldens() throws -> SafetensorsFile {
  let fixtures = Bundle.module.resourceURL!.appending(path: "Fixtures")
  return try SafetensorsFile(fixtures.appending(path: "neighbours.safetensors"))
}

private func points(_ flat: [Double]) -> [(x: Double, y: Double)] {
  stride(from: 0, to: flat.count, by: 2).map { (flat[$0], flat[$0 + 1]) }
}

@Suite struct AdjacencyTests {
  @Test(arguments: [
    ("positions", "neighbours_thitogene_k4", Adjacency.Pruning.none, Adjacency.TieOrder.authors),
    ("positions", "neighbours_thitogene_k4_stable_sort", .none, .stable),
    ("positions", "neighbours_hist2st_k4_na", .none, .authors),
    ("positions", "neighbours_hist2st_k4_grid", .grid, .authors),
    ("positions", "neighbours_hist2st_k4_std", .deviation, .authors),
    ("A2.positions", "A2.neighbours_thitogene_k4", .none, .authors),
    ("B1.positions", "B1.neighbours_thitogene_k4", .none, .authors),
    ("C1.positions", "C1.neighbours_thitogene_k4", .none, .authors),
    ("G2.positions", "G2.neighbours_thitogene_k4", .none, .authors),
    ("A2.positions", "A2.neighbours_hist2st_k4_grid", .grid, .authors),
    ("B1.positions", "B1.neighbours_hist2st_k4_grid", .grid, .authors),
    ("C1.positions", "C1.neighbours_hist2st_k4_grid", .grid, .authors),
    ("G2.positions", "G2.neighbours_hist2st_k4_grid", .grid, .authors),
  ])
  func `the authors' neighbours come out in their order`(
    positions: String, neighbours: String, pruning: Adjacency.Pruning, ties: Adjacency.TieOrder
  ) throws {
    let goldens = try goldens()
    let flat = goldens.array(positions, as: Int64.self).map(Double.init)
    let adjacency = Adjacency(nearestTo: points(flat), count: 4, pruning: pruning, ties: ties)
    #expect(adjacency.neighbours == goldens.array(neighbours, as: Int32.self))
  }

  @Test func `neighbours among pixel centres are HESpotEx's`() throws {
    let goldens = try goldens()
    // Its loader rounds the centres down to whole pixels first.
    let raw = points(goldens.array("pixel_centres_raw", as: Double.self))
    let centres = raw.map { ($0.x.rounded(.down), $0.y.rounded(.down)) }
    #expect(
      centres.flatMap { [Int64($0.0), Int64($0.1)] }
        == goldens.array("pixel_centres_floor", as: Int64.self))
    let adjacency = Adjacency(nearestTo: centres, count: 4)
    #expect(
      adjacency.neighbours == goldens.array("neighbours_hespotex_pixels_k4", as: Int32.self))
  }

  @Test func `small sections have as many neighbours as there are others`() {
    #expect(Adjacency(nearestTo: []).neighbours == [])
    #expect(Adjacency(nearestTo: [(1, 1)]).count == 0)
    let three = Adjacency(nearestTo: [(0, 0), (1, 0), (3, 0)])
    #expect(three.count == 2)
    #expect(three.neighbours == [1, 2, 0, 2, 1, 0])
    #expect(three.neighbours(ofSpot: 2) == [1, 0])
  }

  @Test(arguments: 0..<64)
  func `the authors' sort sorts`(seed: Int) {
    var generator = SeededNumbers(state: UInt64(seed))
    let count = Int.random(in: 0...600, using: &generator)
    let values = (0..<count).map { _ in Double(Int.random(in: 0..<40, using: &generator)) }
    let order = authorsOrder(of: values)
    #expect(order.sorted() == Array(values.indices))
    #expect(order.map { values[$0] } == values.sorted())
  }

  @Test func `values made to defeat the pivot still come out sorted`() {
    // Quicksort's worst case for a median of three: heap sort takes over.
    let half = 400
    let values = (0..<2 * half).map { index in
      Double(index < half ? (index % 2 == 0 ? index : half + index) : 2 * (index - half) + 1)
    }
    let order = authorsOrder(of: values)
    #expect(order.map { values[$0] } == values.sorted())
  }
}
