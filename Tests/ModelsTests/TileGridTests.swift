import Images
import Sections
import TensorCore
import Testing

@testable import Models

@Suite struct TileGridTests {
  private func spot(_ row: Int, _ column: Int) -> Spot {
    Spot(id: "\(column)x\(row)", column: column, row: row, x: 0, y: 0)
  }

  /// All spots of a Visium slide, row by row.
  private var visium: [Spot] {
    (0..<78).flatMap { row in
      stride(from: row % 2, to: 128, by: 2).map { spot(row, $0) }
    }
  }

  @Test func `a Visium slide fills rows 1 to 78, every column`() throws {
    let grid = try TileGrid(visium, sectionName: "V")
    #expect(grid.layout == .visium)
    #expect(grid.cells == Array(64..<79 * 64))
    let corners = try TileGrid(
      [spot(0, 126), spot(1, 1), spot(77, 127), spot(2, 6)], sectionName: "V")
    #expect(corners.cells == [1 * 64 + 63, 2 * 64, 78 * 64 + 63, 3 * 64 + 3])
  }

  @Test func `the released rows of targets are one lower, for Visium alone`() throws {
    let grid = try TileGrid(visium, sectionName: "V")
    #expect(grid.targetCells(.aligned) == grid.cells)
    #expect(grid.targetCells(.released) == grid.cells.map { $0 + 64 })
    let square = try TileGrid([spot(3, 3), spot(3, 4)], sectionName: "S")
    #expect(square.targetCells(.released) == square.cells)
  }

  @Test func `a square array lies in the middle as it is`() throws {
    let spots = (2..<34).flatMap { row in (1..<35).map { spot(row, $0) } }
    let grid = try TileGrid(spots, sectionName: "S")
    #expect(grid.layout == .centred)
    let ends: [Int] = [24 * 64 + 15, 55 * 64 + 48]
    #expect([grid.cells.first, grid.cells.last] == ends)
    #expect(Set(grid.cells).count == spots.count)
  }

  @Test func `a square array is laid anywhere, turned and mirrored, neighbours staying such`()
    throws
  {
    let spots = (0..<5).flatMap { row in (0..<3).map { spot(row, $0) } }
    let grid = try TileGrid(spots, sectionName: "S")
    var generator = SeededGenerator(seed: 2)
    var firsts: Set<Int> = []
    var kinds: Set<[Int]> = []
    for _ in 0..<400 {
      let cells = grid.varied(using: &generator).cells
      #expect(Set(cells).count == 15 && cells.allSatisfy { 0..<5120 ~= $0 })
      let steps = [cells[1] - cells[0], cells[3] - cells[0]]
      kinds.insert(steps)
      firsts.insert(cells[0])
      for (place, cell) in cells.enumerated() {
        #expect(cell == cells[0] + place % 3 * steps[0] + place / 3 * steps[1])
      }
      #expect(Set(cells.map { $0 % 64 }).count == (abs(steps[0]) == 1 ? 3 : 5))
    }
    #expect(kinds.count == 8)
    #expect(firsts.count > 300)
  }

  @Test func `a Visium array is only mirrored`() throws {
    let grid = try TileGrid(visium, sectionName: "V")
    var generator = SeededGenerator(seed: 2)
    let firsts = Set((0..<40).map { _ in grid.varied(using: &generator).cells[0] })
    #expect(firsts == [64, 127, 78 * 64, 78 * 64 + 63])
  }

  @Test func `a spot beyond the grid and a place taken twice are refused`() {
    let far = #expect(throws: ModelError.self) {
      try TileGrid([spot(0, 0), spot(78, 0)], sectionName: "Big")
    }
    #expect(far?.description.contains("Section Big: spot '0x78'") == true)
    let wide = #expect(throws: ModelError.self) {
      try TileGrid([spot(0, 0), spot(0, 99)], sectionName: "Wide")
    }
    #expect(wide?.description.contains("Section Wide: spot '99x0'") == true)
    let twice = #expect(throws: ModelError.self) {
      try TileGrid([spot(4, 4), spot(4, 5), spot(4, 4)], sectionName: "Twice")
    }
    #expect(twice?.description.contains("same place") == true)
  }

  @Test func `values go to their cells and come back, all others being white or 0`() throws {
    let grid = try TileGrid([spot(0, 2), spot(1, 1), spot(77, 127)], sectionName: "V")
    let codes = Tensor(shape: [3, 2], [1, 2, 3, 4, 5, 6])
    let map = grid.features(codes, white: Tensor(shape: [2], [8, 9]))
    #expect(map.shape == [1, 2, 80, 64])
    let placed: [Float] = [map[0, 0, 1, 1], map[0, 1, 1, 1], map[0, 0, 2, 0], map[0, 1, 78, 63]]
    #expect(placed == [1, 2, 3, 6])
    let empty: [Float] = [map[0, 0, 0, 0], map[0, 1, 79, 63]]
    #expect(empty == [8, 9])
    #expect(grid.values(atSpotsOf: map).array == codes.array)
    let targets = grid.targets(codes)
    #expect(targets.array.reduce(0, +) == 21)
    #expect(grid.values(atSpotsOf: targets).array == codes.array)
    let lower = grid.targets(codes, row: .released)
    let lowered: [Float] = [lower[0, 0, 2, 1], lower[0, 0, 3, 0], lower[0, 1, 79, 63]]
    #expect(lowered == [1, 3, 6])
    #expect(TileGrid.cropped(map).shape == [1, 2, 78, 64])
    #expect(TileGrid.cropped(map)[0, 0, 0, 1] == 1)
  }

  @Test func `gradients pass from spots to the map`() throws {
    let grid = try TileGrid([spot(0, 2), spot(1, 1)], sectionName: "V")
    let map = Tensor(shape: [1, 1, 80, 64], repeating: 2).tracked()
    let gradient = sum(square(grid.values(atSpotsOf: map))).gradients(for: [map])[0]
    #expect(gradient.array.enumerated().filter { $0.element != 0 }.map(\.offset) == [65, 128])
    #expect(gradient[0, 0, 1, 1] == 4)
  }
}

@Suite struct SlideGridTests {
  @Test func `a high slide is cut as it lies, white being added below`() throws {
    let grid = try SlideGrid(width: 640, height: 700, slideName: "T")
    #expect(!grid.isTurned)
    #expect([grid.tileWidth, grid.tileHeight] == [10, 10])
    let windows = grid.windows
    #expect(windows.count == 5120)
    #expect(windows[65] == PixelRectangle(x: 10, y: 10, width: 10, height: 10))
    #expect(windows[5119] == PixelRectangle(x: 630, y: 790, width: 10, height: 10))
    #expect(grid.spots[65] == Spot(id: "1x1", column: 1, row: 1, x: 15, y: 15))
  }

  @Test func `a very high slide gets white on its right`() throws {
    let grid = try SlideGrid(width: 500, height: 1600, slideName: "T")
    #expect([grid.tileWidth, grid.tileHeight] == [20, 20])
    #expect(grid.windows[63].x == 1260)
  }

  @Test func `a wide slide is turned counterclockwise, and so is every tile`() throws {
    let grid = try SlideGrid(width: 163, height: 130, slideName: "T")
    #expect(grid.isTurned)
    #expect([grid.tileWidth, grid.tileHeight] == [2, 2])
    // The first tile is the stored slide's top right corner.
    #expect(grid.windows[0] == PixelRectangle(x: 161, y: 0, width: 2, height: 2))
    #expect(grid.windows[1] == PixelRectangle(x: 161, y: 2, width: 2, height: 2))
    #expect(grid.windows[64] == PixelRectangle(x: 159, y: 0, width: 2, height: 2))
    // a b c      c f
    // d e f  ->  b e
    //            a d
    let stored = RGBImage(
      width: 3, height: 2, pixels: "abcdef".utf8.flatMap { [$0, $0, $0] })
    let turned = grid.tile(stored)
    #expect([turned.width, turned.height] == [2, 3])
    let first = stride(from: 0, to: 18, by: 3).map { turned.pixels[$0] }
    #expect(String(decoding: first, as: UTF8.self) == "cfbead")
  }

  @Test func `a slide of fewer pixels than cells is refused`() {
    let error = #expect(throws: ModelError.self) {
      try SlideGrid(width: 60, height: 50, slideName: "thumb.jpg")
    }
    #expect(error?.description.contains("thumb.jpg has 60 by 50 pixels") == true)
  }
}
