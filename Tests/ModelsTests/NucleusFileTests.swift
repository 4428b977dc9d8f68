import Foundation
import Images
import Sections
import TestSupport
import Testing

@testable import Models

/// Nuclei counted in spots' windows, whatever the file.
@Suite struct NucleusFileTests {
  let folder: TemporaryFolder
  let input: SectionInput

  init() throws {
    folder = try TemporaryFolder()
    input = try EncoderSample.input(in: folder)
  }

  private func counts(_ text: String, _ name: String, side: Int = 20) throws -> [Int] {
    let file = URL(filePath: try folder.write(text, to: name))
    return try NucleusFile(file).counts(of: input, windowPixels: side, PredictionWork())
  }

  /// Nuclei at the centre of each spot, as many as its index, and just beyond the fourth's window.
  private var table: String {
    var text = "x\ty\n"
    for (index, spot) in input.spots.enumerated() {
      for _ in 0..<index { text += "\(spot.x)\t\(spot.y)\n" }
    }
    let window = Patches.window(around: input.spots[3], side: 20)
    text += "\(window.maxX)\t\(input.spots[3].y)\n\(input.spots[3].x)\t\(window.maxY)\n"
    text += "\(window.x)\t\(window.y)\n"
    return text
  }

  @Test func `centres count where they lie in a window, its far edges left out`() throws {
    let found = try counts(table, "a.tsv")
    let windows = input.spots.map { Patches.window(around: $0, side: 20) }
    let points = try NucleusPoints(reading: folder.url.appending(path: "a.tsv"))
    let wanted = windows.map { window in
      points.x.indices.count { index in
        (Double(window.x)..<Double(window.maxX)).contains(points.x[index])
          && (Double(window.y)..<Double(window.maxY)).contains(points.y[index])
      }
    }
    #expect(found == wanted && found[3] >= 4 && Set(found).count > 4)
  }

  @Test func `a table of numbers is taken as it is`() throws {
    let rows = input.spots.enumerated().map { "\($1.id)\t\($0 + 2)\n" }.joined()
    #expect(try counts("spot\tnuclei\n" + rows, "a.tsv") == input.spots.indices.map { $0 + 2 })
  }

  @Test func `what does not suit the section is refused in a sentence`() throws {
    func problem(_ text: String, _ name: String) throws -> String? {
      #expect(throws: ModelError.self) { try counts(text, name) }?.description
    }
    #expect(try problem("x\ty\n-90\t-90\n", "a.tsv")?.contains("none of its 1 nuclei lies") == true)
    #expect(
      try problem("spot\tnuclei\n", "b.tsv")?.contains("no number of nuclei for spot") == true)
    #expect(try problem("x\ty\none\t2\n", "c.tsv")?.contains("c.tsv:2: has 'one' and '2'") == true)
    #expect(try problem("no image", "d.png")?.contains("d.png") == true)
    let missing = #expect(throws: ModelError.self) {
      try NucleusFile(folder.url.appending(path: "none.tsv"))
        .counts(of: input, windowPixels: 20, PredictionWork())
    }
    #expect(missing?.description.contains("none.tsv") == true)
  }
}
