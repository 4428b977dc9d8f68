import Foundation
import Testing

@testable import Sections

struct GeoJSONWriterTests {
  @Test func `a square of spots is one polygon of four corners, half a step around them`() throws {
    let lattice = try #require(SpotLattice(grid(3, 3)))
    #expect(lattice.kind == .square)
    let regions = LatticeRegions(grid(3, 3).map(\.place), on: lattice).regions
    #expect(regions.count == 1 && regions[0].holes.isEmpty)
    let corners = regions[0].outline.map(lattice.position)
    #expect(
      Set(corners.map { "\($0.x.rounded()) \($0.y.rounded())" })
        == ["-5.0 -10.0", "25.0 -10.0", "25.0 50.0", "-5.0 50.0"])
  }

  @Test func `cells that meet in a corner are two regions, and a hole in a corner is a ring`()
    throws
  {
    let lattice = try #require(SpotLattice(grid(6, 6)))
    func regions(_ rows: [String]) -> [LatticeRegions.Region] {
      let places = rows.enumerated().flatMap { row, text in
        text.enumerated().filter { $0.element == "#" }.map {
          SpotLattice.Place(column: $0.offset, row: row)
        }
      }
      return LatticeRegions(places, on: lattice).regions
    }
    #expect(regions(["#.", ".#"]).map(\.outline.count) == [4, 4])
    let ring = regions(["###", "#.#", "###"])
    #expect(ring.count == 1 && ring[0].outline.count == 4 && ring[0].holes.map(\.count) == [4])
    // The hole meets the outside in a corner: both rings pass it once.
    let open = regions(["###", "#.#", "##."])
    #expect(open.count == 1 && open[0].outline.count == 6 && open[0].holes.map(\.count) == [4])
    let two = regions(["#####", "#.###", "##.##", "#####"])
    #expect(two.count == 1 && two[0].holes.map(\.count) == [4, 4])
  }

  @Test func `rings are simple and their areas add up to the cells`() throws {
    var numbers = SeededNumbers(state: 7)
    for _ in 0..<64 {
      for spots in [grid(9, 8), staggered(9, 8)] {
        let lattice = try #require(SpotLattice(spots))
        let chosen = spots.map(\.place).filter { _ in numbers.next() % 5 < 3 }
        let regions = LatticeRegions(chosen, on: lattice).regions
        #expect(regions.flatMap(\.places).count == chosen.count)
        var area = 0
        for ring in regions.flatMap({ [$0.outline] + $0.holes }) {
          #expect(Set(ring).count == ring.count, "a ring passes a corner twice")
          area += zip(ring, ring.dropFirst() + [ring[0]]).reduce(0) {
            $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y
          }
        }
        // Twice the area of a cell in units of corners: 2 · 2 · 2, and 2 · 18 for the hexagon.
        #expect(area == chosen.count * (lattice.kind == .square ? 8 : 36))
      }
    }
  }

  @Test func `a staggered array has hexagons, and a lone spot its six corners`() throws {
    let lattice = try #require(SpotLattice(staggered(5, 4)))
    #expect(lattice.kind == .hexagonal)
    let regions = LatticeRegions([.init(column: 2, row: 0)], on: lattice).regions
    #expect(regions[0].outline.count == 6)
  }

  @Test func `places that do not tell where spots are make no lattice`() {
    #expect(SpotLattice([]) == nil)
    #expect(SpotLattice(grid(1, 1)) == nil)
    #expect(SpotLattice(grid(5, 1)) == nil)
    var spots = grid(4, 4)
    for spot in spots.indices { (spots[spot].column, spots[spot].row) = (0, 0) }
    #expect(SpotLattice(spots) == nil)
    spots = grid(4, 4)
    for spot in spots.indices { spots[spot].x = Double(spot * 7919 % 97) * 10 }
    #expect(SpotLattice(spots) == nil)
    spots[0].column = .max
    #expect(SpotLattice(spots) == nil)
  }

  @Test func `features have a stable id, a class with its colour and measurements`() throws {
    let folder = TemporaryFolder()
    var export = SmallExport.export(spots: 40, genes: 6)
    export.categories[0].annotation.categories[0] = "quote \" and \n line"
    let content = GeoJSONContent(.both, ofCategory: 0, genes: ["G2"])
    let (first, second) = (folder.url.appending(path: "a"), folder.url.appending(path: "b"))
    try export.writeGeoJSON(content, to: first, replacing: false)
    try export.writeGeoJSON(content, to: second, replacing: false)
    let data = try Data(contentsOf: first)
    #expect(try data == Data(contentsOf: second))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(root["type"] as? String == "FeatureCollection")
    let features = try #require(root["features"] as? [[String: Any]])
    let ids = features.compactMap { ($0["id"] as? String).flatMap(UUID.init(uuidString:)) }
    #expect(ids.count == features.count && Set(ids).count == ids.count)
    let properties = features.compactMap { $0["properties"] as? [String: Any] }
    let spots = properties.filter { $0["objectType"] as? String == "detection" }
    #expect(spots.count == 40)
    #expect(spots[0]["classification"] == nil)
    #expect(spots[1]["name"] as? String == "1x0")
    let kind = try #require(spots[1]["classification"] as? [String: Any])
    #expect(kind["color"] as? [Int] == [0x56, 0xB4, 0xE9])
    let values = try #require(spots[1]["measurements"] as? [String: Double])
    #expect(values["Counts"] == export.section.counts.totalsOfSpots()[1])
    #expect(values["G2 THItoGene"].map(Float.init) == Float(41) / 7)
    let regions = properties.filter { $0["objectType"] as? String == "annotation" }
    let held = regions.compactMap { ($0["measurements"] as? [String: Double])?["Spots"] }
    #expect(held.reduce(0, +) == 32)
  }

  @Test func `without a lattice a category is all of its circles`() throws {
    let folder = TemporaryFolder()
    var export = SmallExport.export(spots: 4, genes: 2)
    for spot in export.section.spots.indices { export.section.spots[spot].column = 0 }
    let file = folder.url.appending(path: "a.geojson")
    try export.writeGeoJSON(GeoJSONContent(.regions, ofCategory: 1), to: file, replacing: false)
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.components(separatedBy: "MultiPolygon").count == 3)
  }

  @Test func `a gene that is nowhere is named with the nearest one`() {
    let problem = message {
      try SmallExport.export(spots: 4, genes: 3).writeGeoJSON(
        GeoJSONContent(.spots, genes: ["G22"]), to: URL(filePath: "/tmp/never"), replacing: false)
    }
    #expect(problem == "section T1: has no gene 'G22'. Did you mean 'G2'?")
  }

  @Test func `a section without positions has no shapes`() {
    var export = SmallExport.export(spots: 4, genes: 3)
    export.section.missingPositions = "has no positions."
    let problem = message {
      try export.writeGeoJSON(
        GeoJSONContent(.spots), to: URL(filePath: "/tmp/never"), replacing: false)
    }
    #expect(
      problem == "section T1: has no positions. Only .h5ad and tables can be written.")
  }

  @Test func `a text has one UUID, of version 8`() {
    let id = stableUUID("a").uuidString
    #expect(id == stableUUID("a").uuidString && id != stableUUID("b").uuidString)
    #expect(Array(id)[14] == "8" && "89AB".contains(Array(id)[19]))
    // FNV-1a of "a" is d228cb696f1a8caf78912b704e4a8964 before it is marked.
    #expect(id == "D228CB69-6F1A-8CAF-B891-2B704E4A8964")
  }

  /// Columns 10 px and rows 20 px apart.
  private func grid(_ columns: Int, _ rows: Int) -> [Spot] {
    (0..<columns * rows).map { index in
      let (column, row) = (index % columns, index / columns)
      return Spot(
        id: "\(column)x\(row)", column: column, row: row, x: Double(column) * 10,
        y: Double(row) * 20)
    }
  }

  private func staggered(_ columns: Int, _ rows: Int) -> [Spot] {
    grid(columns, rows).map { spot in
      var spot = spot
      spot.column = 2 * spot.column + spot.row % 2
      (spot.x, spot.y) = (Double(spot.column) * 5, Double(spot.row) * 8.66)
      return spot
    }
  }
}
