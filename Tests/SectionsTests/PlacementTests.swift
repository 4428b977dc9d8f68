import Foundation
import Images
import Testing

@testable import Sections

/// A section of spots on a square grid, its image of one colour.
private func section(
  columns: Int, rows: Int, pitch: Double, offset: (x: Double, y: Double) = (0, 0),
  image size: (width: Int, height: Int), scales: [ImageScale] = [], in folder: TemporaryFolder
) throws -> Section {
  let url = folder.url.appending(path: "he.png")
  try RGBImage(width: size.width, height: size.height).writePNG(to: url)
  let spots = (0..<rows).flatMap { row in
    (0..<columns).map { column in
      Spot(
        id: "\(column)x\(row)", column: column, row: row, x: offset.x + Double(column) * pitch,
        y: offset.y + Double(row) * pitch)
    }
  }
  var section = Section(
    name: "A1", patient: "A", platform: "ST", spots: spots, genes: [],
    counts: SparseMatrix(spotCount: spots.count, starts: [0], spots: [], values: []),
    image: try ImageFile(opening: url))
  section.imageScales = scales
  return section
}

@Suite struct PlacementTests {
  private let folder = TemporaryFolder()
  private let visium = [
    ImageScale(name: "hires", factor: 0.1), ImageScale(name: "lowres", factor: 0.03),
  ]

  @Test(arguments: [(600, 200, "full"), (60, 20, "hires"), (18, 6, "lowres")])
  func `the scale at which spots fill the image is used`(
    width: Int, height: Int, name: String
  ) throws {
    let read = try section(
      columns: 28, rows: 8, pitch: 20, offset: (20, 20), image: (width, height), scales: visium,
      in: folder)
    let placed = try read.placed(by: PlacementRequest())
    #expect(placed.placement.scaleName == name)
    #expect(placed.notes.isEmpty)
    #expect(placed.fit?.spotsOnImage == 224)
    #expect(placed.spots[0].x == 20 * placed.placement.scale)
    let back = placed.positionsInFile
    #expect(zip(back, read.spots).allSatisfy { abs($0.x - $1.x) < 1e-9 && abs($0.y - $1.y) < 1e-9 })
  }

  @Test func `a scale asked for is used, by name or number, and others are named`() throws {
    let read = try section(
      columns: 4, rows: 4, pitch: 20, image: (100, 100), scales: visium, in: folder)
    let named = try read.placed(by: PlacementRequest(scale: .named("hires")))
    #expect(named.placement.scale == 0.1)
    #expect(try read.placed(by: PlacementRequest(scale: .factor(0.5))).spots[1].x == 10)
    #expect(
      message { _ = try read.placed(by: PlacementRequest(scale: .named("medium"))) }
        == "section A1: has no image scale 'medium'. It has 'full', 'hires', 'lowres'; "
        + "or give a number.")
  }

  @Test func `doubt names the option that helps`() throws {
    let swapped = try section(
      columns: 20, rows: 5, pitch: 10, image: (60, 200), in: folder)
    #expect(
      try swapped.placed(by: PlacementRequest()).notes
        == ["70 of 100 spots lie outside the image. With --swap-axes 100 would lie on it."])
    let reduced = try section(columns: 20, rows: 20, pitch: 10, image: (50, 50), in: folder)
    #expect(
      try reduced.placed(by: PlacementRequest()).notes
        == ["375 of 400 spots lie outside the image. With --image-scale 0.25 400 would lie on it."])
    let tiny = try section(columns: 5, rows: 5, pitch: 2, image: (200, 200), in: folder)
    #expect(
      try tiny.placed(by: PlacementRequest()).notes
        == [
          "The spots take only 0.16 % of the image. With --image-scale 20 25 would lie on it."
        ])
    let elsewhere = try section(
      columns: 5, rows: 5, pitch: 2, offset: (-3000, 0), image: (200, 200), in: folder)
    #expect(
      try elsewhere.placed(by: PlacementRequest()).notes
        == [
          "25 of 25 spots lie outside the image. Are the positions of this image? "
            + "Name another with --image, or its --image-scale."
        ])
    let edge = try section(columns: 10, rows: 10, pitch: 10, image: (100, 91), in: folder)
    #expect(try edge.placed(by: PlacementRequest()).notes.isEmpty)
  }

  @Test(arguments: SpotOrientation.allCases, SpotOrientation.allCases)
  func `one orientation after another is one orientation`(
    first: SpotOrientation, second: SpotOrientation
  ) {
    // On a square image no size gets in the way.
    func place(_ orientation: SpotOrientation, _ at: (x: Double, y: Double)) -> [Double] {
      let place = ImagePlacement(orientation: orientation)
        .onImage(x: at.x, y: at.y, width: 10, height: 10)
      return [place.x, place.y]
    }
    let halfway = place(first, (2, 3))
    #expect(place(first.then(second), (2, 3)) == place(second, (halfway[0], halfway[1])))
    let back = ImagePlacement(orientation: first)
      .inFile(x: halfway[0], y: halfway[1], width: 10, height: 10)
    #expect([back.x, back.y] == [2, 3])
  }

  @Test func `four quarter turns are none, and one goes clockwise`() {
    let once = SpotOrientation.quarterTurn
    #expect(once.then(once).then(once).then(once) == .asRead)
    // The top left corner comes to lie at the top right.
    let place = ImagePlacement(orientation: once).onImage(x: 0, y: 0, width: 10, height: 10)
    #expect(place == (10, 0))
  }

  @Test func `an image alone is a section without spots`() throws {
    let url = folder.url.appending(path: "he.png")
    try RGBImage(width: 30, height: 20).writePNG(to: url)
    for path in [url, folder.url] {
      let set = try DataSet(opening: path)
      #expect(set.format == "image" && set.sections.map(\.name) == ["he"])
      let section = try set.read(set.sections[0])
      #expect(section.spots.isEmpty && section.genes.isEmpty && section.image?.width == 30)
    }
  }
}
