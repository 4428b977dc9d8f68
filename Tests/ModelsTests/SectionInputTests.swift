import Images
import Sections
import Synchronization
import TensorCore
import TestSupport
import Testing

@testable import Models

@Suite struct SectionInputTests {
  let folder: TemporaryFolder
  let image: ImageFile

  /// An image whose colours say where a pixel is: red its column, green its row.
  init() throws {
    folder = try TemporaryFolder()
    var pixels: [UInt8] = []
    for y in UInt8(0)..<60 {
      for x in UInt8(0)..<80 { pixels += [x, y, 7] }
    }
    let url = folder.url.appending(path: "he.png")
    try RGBImage(width: 80, height: 60, pixels: pixels).writePNG(to: url)
    image = try ImageFile(opening: url)
  }

  private func input(_ spots: [Spot]) -> SectionInput {
    SectionInput(sectionName: "C2", spots: spots, image: image, pitchPixels: 10)
  }

  private func spot(_ column: Int, _ row: Int, x: Double, y: Double) -> Spot {
    Spot(id: "\(column)x\(row)", column: column, row: row, x: x, y: y)
  }

  @Test func `codes come in the order of the spots, whatever the image's rows say`() throws {
    // More spots than one batch holds, from the bottom up.
    let spots = (0..<50).map { spot($0, 50 - $0, x: Double(10 + $0), y: Double(55 - $0)) }
    let codes = try input(spots).encoded(
      PatchShape(side: 4, order: .channelFirst), PredictionWork()
    ) {
      #expect($0.shape[1] == 48)
      return $0
    }
    #expect(codes.shape == [50, 48])
    for index in spots.indices {
      // The first value is the red of the window's first pixel, two before the centre.
      #expect(codes[index, 0] == Float(8 + index))
      #expect(codes[index, 16] == Float(53 - index))
    }
  }

  @Test func `what a patch has beyond the image is white, and counted`() throws {
    let spots = [spot(1, 1, x: 1, y: 30), spot(2, 1, x: 40, y: 30)]
    let input = input(spots)
    #expect(input.spotsLeavingImage(side: 4) == 1)
    let codes = try input.encoded(PatchShape(side: 4, order: .channelLast), PredictionWork()) { $0 }
    #expect(codes[0, 0] == 255 && codes[0, 12] == 0 && codes[1, 0] == 38)
  }

  @Test func `a square of another size is resized around the same place`() throws {
    var shape = PatchShape(side: 4, order: .channelRows)
    shape.windowPixels = 8
    let input = input([spot(1, 1, x: 40, y: 30)])
    let codes = try input.encoded(shape, PredictionWork()) { $0 }
    // Columns 36 to 43 and rows 26 to 33, two by two: means of a half more, rounded up.
    #expect(Array(codes.array[..<4]) == [37, 39, 41, 43])
    #expect((0..<4).map { codes[0, 16 + $0 * 4] } == [27, 29, 31, 33])
    let patches = try input.patches(shape, PredictionWork())
    #expect(patches.values.map(Float.init) == codes.array)
    #expect(input.spotsLeavingImage(side: shape.sidePixels) == 0)
  }

  @Test func `progress is heard between batches, and cancelling stops`() throws {
    let spots = (0..<70).map { spot($0, 1, x: 40, y: 30 + Double($0 % 3)) }
    let heard = Mutex<[Double]>([])
    let work = PredictionWork(report: { share in heard.withLock { $0.append(share) } })
    _ = try input(spots).encoded(PatchShape(side: 2, order: .channelLast), work) { $0 }
    #expect(heard.withLock { $0 } == [32.0 / 70, 64.0 / 70, 1])
    let stopped = PredictionWork(isCancelled: { true })
    #expect(throws: ModelError.cancelled) {
      try input(spots).encoded(PatchShape(side: 2, order: .channelLast), stopped) { $0 }
    }
  }

  @Test func `a place the network does not know is refused with the spot's name`() throws {
    let spots = [spot(1, 1, x: 40, y: 30), spot(64, 3, x: 40, y: 30)]
    let error = #expect(throws: ModelError.self) { try input(spots).places(below: 64) }
    #expect(
      error?.description.hasPrefix(
        "Section C2: spot '64x3' is in column 64, row 3 of the array; the model knows 0 to 63")
        == true)
  }

  @Test func `a denser array is the array moved by half a pitch, within the image`() {
    let moved = input([spot(1, 1, x: 40, y: 30), spot(2, 1, x: 78, y: 30)]).movedByHalfAPitch
    #expect(moved.map { $0.spots.map(\.x) } == [[40, 78], [45], [40, 78], [45]])
    #expect(moved.map { $0.spots[0].y } == [30, 30, 35, 35])
    #expect(moved[3].spots[0].column == 1)
  }

  @Test func `HisToGene's centres lie half a patch apart, in places of the absolute pixel`() throws
  {
    var configuration = HisToGene.Configuration()
    (configuration.patchSidePixels, configuration.width, configuration.layers) = (8, 4, 1)
    (configuration.heads, configuration.genes, configuration.positions) = (1, 2, 40)
    var parameters = Parameters(generator: SeededGenerator(seed: 1))
    let model = HisToGene(configuration, &parameters)
    let dense = model.denserInputs(input([spot(1, 1, x: 10, y: 5), spot(9, 9, x: 72.9, y: 40)]))
    #expect(dense.count == 1)
    // 62 pixels across and 35 down: places are 2 and 1 pixels wide, and 40 of them known.
    let spots = dense[0].spots
    #expect(spots.count == 16 * 9)
    #expect(spots[1].x == 14 && spots[1].y == 5 && spots[1].column == 7 && spots[1].row == 5)
    #expect(spots.map(\.row).max() == 37 && spots.map(\.column).max() == 35)
    #expect(try model.predict(dense[0], PredictionWork()).shape == [144, 2])
  }

  /// Needs a real section with its image, which is not part of the project.
  @Test(.enabled(if: SharedFiles.hasData && SharedFiles.hasFixtures))
  func `patches cut from the section's image are the authors'`() throws {
    let set = try DataSet(opening: SharedFiles.data.appending(path: "her2st"))
    let section = try set.read(set.reference(named: "C2"))
    let file = try SafetensorsFile(
      SharedFiles.fixtures.appending(path: "preprocessing/c2_patches.safetensors"))
    let input = SectionInput(
      sectionName: "C2", spots: Array(section.spots[..<3]), image: try #require(section.image),
      pitchPixels: 280)
    let expected = file.array("patches_first3", as: UInt8.self)
    let patches = try input.encoded(PatchShape(side: 112, order: .channelFirst), PredictionWork()) {
      $0
    }
    // Decoders differ by a grey level or two.
    let largest = zip(patches.array, expected).map { abs($0 - Float($1)) }.max() ?? 255
    #expect(patches.count == expected.count && largest <= 2, "by \(largest)")
  }
}
