import Foundation
import TestSupport
import Testing
import Workbench

/// A slide of 100,000 × 100,000 pixels, 30 GB in memory, through the program.
@Suite struct SlideViewTests {
  let folder: TemporaryFolder
  let slide: String

  init() throws {
    folder = try TemporaryFolder()
    slide = folder.path("slide.tif")
    let pictures = [(250, 245, 250), (180, 110, 170), (90, 50, 130)].map { red, green, blue in
      (0..<256 * 256).flatMap { _ in [UInt8(red), UInt8(green), UInt8(blue)] }
    }
    let size = BigTIFF.Size(width: 100_000, height: 100_000) { column, row in
      (column / 40 + row / 60) % 3
    }
    try BigTIFF(side: 256, pictures: pictures, sizes: [size]).write(to: URL(filePath: slide))
  }

  @Test func `a slide without reduced versions is shown in little memory`() throws {
    let frame = try Program.run(["view", "--size", "80x24", slide], megabytes: 2000, seconds: 90)
    #expect(frame.status == .exited(0) && frame.error == "", "\(frame.everything)")
    #expect(frame.output.contains("100000 × 100000 px"))
    #expect(frame.output.contains("50,000 px"))
  }

  @Test func `spots on a slide are predicted from their patches in little memory`() throws {
    let places = (0..<24).map { (column: $0 % 6 + 10, row: $0 / 6 + 20) }
    let counts = try folder.write(
      "\tA\tB\n" + places.map { "\($0.column)x\($0.row)\t\($0.row)\t3\n" }.joined(), to: "S1.tsv")
    let spots = try folder.write(
      "x\ty\tnew_x\tnew_y\tpixel_x\tpixel_y\tselected\n"
        + places.map { column, row in
          "\(column)\t\(row)\t0\t0\t\(column * 6_000)\t\(row * 4_000)\t1\n"
        }.joined(), to: "s.tsv")
    let model = SharedFiles.sampleData.appending(path: "models/histogene.safetensors").path
    let table = folder.path("predicted.tsv")
    let outcome = try Program.run(
      [
        "predict", "--counts", counts, "--spots", spots, "--image", slide, "--model", model,
        "--output", table,
      ], megabytes: 2000, seconds: 90)
    #expect(outcome.status == .exited(0), "\(outcome.everything)")
    let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 25)
    // Tiles have three colours, and a spot's surroundings decide what it is predicted to have.
    #expect(Set(rows.dropFirst().map { $0.drop { $0 != "\t" } }).count > 1)
  }
}
