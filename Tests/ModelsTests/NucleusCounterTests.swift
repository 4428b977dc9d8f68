import Foundation
import Images
import Sections
import TensorCore
import TestSupport
import Testing

@testable import Models

@Suite struct NucleusCounterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A picture of 240 × 160 in the pink of eosin, with nuclei as round stains of haematoxylin.
  private func input(
    nuclei: [(x: Double, y: Double)], radius: Double = 5, spots: [(x: Double, y: Double)]
  ) throws -> SectionInput {
    var picture = RGBImage(width: 240, height: 160)
    let stained = colour(haematoxylin: 1, eosin: 0.25)
    let ground = colour(haematoxylin: 0.02, eosin: 0.25)
    for y in 0..<160 {
      for x in 0..<240 {
        let isNucleus = nuclei.contains { nucleus in
          let (dx, dy) = (Double(x) - nucleus.x, Double(y) - nucleus.y)
          return dx * dx + dy * dy <= radius * radius
        }
        picture[x, y] = isNucleus ? stained : ground
      }
    }
    return SectionInput(
      sectionName: "S",
      spots: spots.enumerated().map {
        Spot(id: "\($0.offset)", column: $0.offset, row: 0, x: $0.element.x, y: $0.element.y)
      },
      image: ImageFile(
        named: URL(filePath: "drawn"), holding: picture, pixelSizeMicrons: 0.8),
      pitchPixels: 60)
  }

  private func colour(haematoxylin: Double, eosin: Double) -> (UInt8, UInt8, UInt8) {
    func value(_ channel: Int) -> UInt8 {
      let density =
        haematoxylin * StainDeconvolution.haematoxylin[channel]
        + eosin * StainDeconvolution.eosin[channel]
      return UInt8(max(0, min(255, 256 * exp(-density) - 1)))
    }
    return (value(0), value(1), value(2))
  }

  @Test func `drawn nuclei are counted, each once, where their middle lies in the window`() throws {
    // Nine in a lattice; two that nearly touch, and one apart.
    var nuclei = (0..<9).map { (place: Int) -> (x: Double, y: Double) in
      (Double(place % 3 * 18 + 42), Double(place / 3 * 18 + 42))
    }
    nuclei += [(130, 60), (142, 60), (155, 40)]
    let spots = [(x: 60.0, y: 60.0), (136, 60), (155, 100), (212, 110)]
    let input = try input(nuclei: nuclei, spots: spots)
    let counter = StainNuclei()
    #expect(abs(counter.diameterPixels(input) - 10) < 1e-9)
    let counts = try counter.counts(of: input, windowPixels: 60, PredictionWork())
    #expect(counts == [9, 3, 0, 0])
    // The lattice's middle one, and the pair.
    #expect(try counter.counts(of: input, windowPixels: 16, PredictionWork()) == [1, 2, 0, 0])
    #expect(try counter.counts(of: input, windowPixels: 60, PredictionWork()) == counts)
  }

  @Test func `tissue without nuclei has none, and neither has what lies beyond the image`() throws {
    let input = try input(nuclei: [], spots: [(60, 60), (2, 2)])
    #expect(try StainNuclei().counts(of: input, windowPixels: 60, PredictionWork()) == [0, 0])
    #expect(throws: ModelError.cancelled) {
      try StainNuclei().counts(
        of: input, windowPixels: 60, PredictionWork(isCancelled: { true }))
    }
  }

  @Test func `the size of a nucleus follows the pitch where the image does not tell its scale`()
    throws
  {
    var input = try input(nuclei: [], spots: [(60, 60)])
    input.image = ImageFile(
      named: URL(filePath: "drawn"), holding: RGBImage(width: 1, height: 1))
    input.pitchPixels = 250
    #expect(abs(StainNuclei().diameterPixels(input) - 10) < 1e-9)
    var visium = StainNuclei()
    visium.pitchMicrons = 100
    #expect(abs(visium.diameterPixels(input) - 20) < 1e-9)
  }

  /// Labels of a 240 × 160 segmentation: stripes of 10 columns, each with a number, but the first and
  /// every other, which are ground.
  private static let labels: [UInt16] = (0..<240 * 160).map { place in
    let stripe = place % 240 / 10
    return stripe % 2 == 0 ? 0 : UInt16(stripe * 1000)
  }

  private static let files: [(name: String, bytes: @Sendable () -> [UInt8])] = [
    ("16.png", { LabelFile.png(labels, width: 240) }),
    ("16.tif", { LabelFile.tiff(labels, width: 240, rowsPerStrip: 7) }),
    ("one strip.tif", { LabelFile.tiff(labels, width: 240, rowsPerStrip: 160) }),
  ]

  @Test(arguments: 0..<3)
  func `different labels within a window are counted, the ground as released or not`(file: Int)
    throws
  {
    let (name, bytes) = Self.files[file]
    try folder.write(bytes(), to: name)
    let input = try input(nuclei: [], spots: [(100, 80), (100, 150), (3, 3), (15, 80), (500, 80)])
    let labels = try LabelImage(opening: folder.url.appending(path: name))
    // 80..<120: stripes 9 and 11, and ground; 0..<23: stripe 1 and ground; 10..<20 is stripe 1 alone.
    let released = try NucleusLabels(labels).counts(
      of: input, windowPixels: 40, PredictionWork())
    #expect(released == [3, 3, 2, 3, 0])
    let plain = try NucleusLabels(labels, background: .leftOut).counts(
      of: input, windowPixels: 40, PredictionWork())
    #expect(plain == [2, 2, 1, 2, 0])
    #expect(
      try NucleusLabels(labels).counts(of: input, windowPixels: 10, PredictionWork())
        == [2, 2, 1, 1, 0])
    #expect(throws: ModelError.cancelled) {
      try NucleusLabels(labels).counts(
        of: input, windowPixels: 40, PredictionWork(isCancelled: { true }))
    }
  }

  @Test func `labels keep their numbers, of 8 bits and 16`() throws {
    let numbers: [UInt16] = [0, 1, 255, 256, 4660, 65_535]
    func read(_ bytes: [UInt8], _ name: String) throws -> [UInt16] {
      try folder.write(bytes, to: name)
      var all: [UInt16] = []
      try LabelImage(opening: folder.url.appending(path: name)).rows { y, row in
        #expect(row.count == 3 && y == all.count / 3)
        all += row
        return true
      }
      return all
    }
    let small = numbers.map { $0 & 255 }
    #expect(try read(LabelFile.png(numbers, width: 3), "a.png") == numbers)
    #expect(try read(LabelFile.png(numbers, width: 3, bits: 8), "b.png") == small)
    #expect(try read(LabelFile.tiff(numbers, width: 3, rowsPerStrip: 1), "c.tif") == numbers)
    #expect(try read(LabelFile.tiff(numbers, width: 3, rowsPerStrip: 2, bits: 8), "d.tif") == small)
  }

  @Test func `what are no labels is refused with what to do`() throws {
    func problem(_ bytes: [UInt8], _ name: String) throws -> String {
      try folder.write(bytes, to: name)
      let error = #expect(throws: ImageError.self) {
        try LabelImage(opening: folder.url.appending(path: name)).rows { _, _ in true }
      }
      return error?.problem ?? ""
    }
    let numbers = [UInt16](repeating: 7, count: 4096)
    #expect(
      try problem(LabelFile.png(numbers, width: 64, color: 2), "a.png").contains("plain grey"))
    #expect(
      try problem(LabelFile.tiff(numbers, width: 64, rowsPerStrip: 8, samples: 3), "b.tif")
        .contains("3 samples of 16 bits"))
    #expect(try problem(Array("spot\tnuclei\n".utf8), "c.tsv").contains("no PNG or TIFF"))
    let short = LabelFile.png(numbers, width: 64)
    #expect(
      try problem(Array(short.prefix(2000)), "d.png").contains("damaged or ends early"))
    let cut = LabelFile.tiff(numbers, width: 64, rowsPerStrip: 8)
    #expect(try problem(Array(cut.prefix(20)), "e.tif").contains("TIFF"))
  }

  @Test func `a segmentation of another size is refused`() throws {
    try folder.write(LabelFile.png([1, 2, 3, 4], width: 2), to: "a.png")
    let labels = try LabelImage(opening: folder.url.appending(path: "a.png"))
    let input = try input(nuclei: [], spots: [(60, 60)])
    let error = #expect(throws: ModelError.self) {
      try NucleusLabels(labels).counts(of: input, windowPixels: 40, PredictionWork())
    }
    #expect(
      error?.description.contains("is 2 × 2 pixels, and the image of section S 240 × 160")
        == true)
  }

  @Test func `a table has a number for every spot, each a whole one, each once`() throws {
    func table(_ text: String) throws -> SpotCounts {
      try folder.write(text, to: "n.csv")
      return try SpotCounts(reading: folder.url.appending(path: "n.csv"))
    }
    let input = try input(nuclei: [], spots: [(60, 60), (90, 60)])
    let counts = try NucleusTable(table("nuclei,spot\n4,1\n31,0\n")).counts(
      of: input, windowPixels: 1, PredictionWork())
    #expect(counts == [31, 4])
    let error = #expect(throws: ModelError.self) {
      try NucleusTable(table("spot,nuclei\n0,4\n")).counts(
        of: input, windowPixels: 1, PredictionWork())
    }
    #expect(error?.description.contains("no number of nuclei for spot '1' of section S") == true)
    for text in ["spot,nuclei\n0,-1\n", "spot,nuclei\n0,2.5\n", "spot,nuclei\n0,many\n"] {
      #expect(throws: SectionError.self) { try table(text) }
    }
    #expect(throws: SectionError.self) { try table("spot,nuclei\n0,1\n0,2\n") }
    #expect(throws: SectionError.self) { try table("spot,cells\n0,1\n") }
  }
}
