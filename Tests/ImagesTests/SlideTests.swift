import Foundation
import Testing

@testable import Images

/// A slide as Aperio writes them, of 610 × 470 pixels with two reduced versions.
///
/// Pixels are those of openslide-python 1.4.7 with OpenSlide 3.4.1, which reads each size at once.
/// Tolerance: none at full size; 8 grey levels in the reduced ones, which are not whole fractions of
/// it, so that tiles begin up to an eighth of a pixel off.
@Suite struct SlideTests {
  private let url = Golden.folder.appending(path: "aperio.svs")

  @Test func `a slide is known by its content, and says what it was scanned with`() throws {
    try withTemporaryFolder { folder in
      let renamed = folder.appending(path: "slide.jpg")
      try FileManager.default.copyItem(at: url, to: renamed)
      let file = try ImageFile(opening: renamed)
      #expect(file.format == .slide)
      #expect(file.width == 610 && file.height == 470)
      #expect(file.pixelSizeMicrons == 0.499 && file.objectivePower == 20)
    }
  }

  @Test(arguments: [(1, 0), (4, 1), (16, 2)])
  func `each stored size has the pixels that OpenSlide gives`(reduction: Int, level: Int) throws {
    let image = try ImageFile(opening: url).decoded(reducedBy: reduction)
    let expected = try ImageFile(
      opening: Golden.folder.appending(path: "expected/aperio-\(level).png")
    ).decoded()
    // Stored sizes are rounded down, reduced ones up.
    #expect(image.width == (610 + reduction - 1) / reduction)
    #expect(image.width - expected.width <= 1 && image.height - expected.height <= 1)
    let common = PixelRectangle(x: 0, y: 0, width: expected.width, height: expected.height)
    let difference = image.cut(common).largestDifference(from: expected)
    #expect(difference <= (level == 0 ? 0 : 8), "\(difference)")
  }

  @Test func `a region of a slide is cut from the whole picture`() throws {
    try expectRegionsMatch(ImageFile(opening: url), "Aperio")
  }

  @Test func `sizes between the stored ones are averages of the next larger`() throws {
    let file = try ImageFile(opening: url)
    let full = try file.decoded()
    let half = try file.decoded(reducedBy: 2)
    for (x, y) in [(0, 0), (17, 30), (304, 234)] {
      let sums = [(0, 0), (1, 0), (0, 1), (1, 1)].map { full.color(2 * x + $0.0, 2 * y + $0.1) }
      let means = (0..<3).map { channel in
        UInt8((sums.reduce(0) { $0 + Int($1[channel]) } + 2) / 4)
      }
      #expect(half.color(x, y) == means)
    }
  }

  @Test func `a damaged tile is said, and the rest can still be read`() throws {
    try withTemporaryFolder { folder in
      let damaged = folder.appending(path: "damaged.svs")
      var bytes = Array(try Data(contentsOf: url))
      // The twelfth tile: the second of the second row of ten.
      let starts = bytes.indices.dropLast(2).filter {
        bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD8 && bytes[$0 + 2] == 0xFF
      }
      for place in starts[11] + 2..<starts[11] + 200 { bytes[place] = 0 }
      try Data(bytes).write(to: damaged)
      let file = try ImageFile(opening: damaged)
      let sound = PixelRectangle(x: 200, y: 200, width: 100, height: 100)
      let expected = try ImageFile(opening: url).region(sound)
      for _ in 0..<2 {
        do throws(ImageError) {
          _ = try file.region(PixelRectangle(x: 70, y: 70, width: 20, height: 20))
          Issue.record("the damaged tile was decoded")
        } catch {
          #expect(error.problem.hasPrefix("cannot be decoded near pixel (64, 64) (OpenSlide: "))
          #expect(error.problem.hasSuffix("); copy or export it again."))
        }
        #expect(try file.region(sound) == expected)
      }
    }
  }

  @Test func `tiles that no slide has are refused before OpenSlide makes room for them`() throws {
    try withTemporaryFolder { folder in
      let damaged = folder.appending(path: "damaged.svs")
      var bytes = Array(try Data(contentsOf: url))
      // The last directory's length of a tile, one number, becomes 2,130,706,496.
      let tag = try #require(
        bytes.indices.dropLast(12).last {
          bytes[$0] == 0x43 && bytes[$0 + 1] == 1 && bytes[$0 + 3] == 0
            && Array(bytes[$0 + 4..<$0 + 8]) == [1, 0, 0, 0]
        })
      bytes.replaceSubrange(tag + 2..<tag + 4, with: [4, 0])
      bytes.replaceSubrange(tag + 8..<tag + 12, with: [0x40, 0, 0, 0x7F])
      try Data(bytes).write(to: damaged)
      #expect(
        problem(of: damaged)
          == "is a slide (aperio) that claims tiles of 64 × 2130706496 pixels; the file is damaged, "
          + "so copy or export it again.")
    }
  }

  @Test func `a slide cut off says so`() throws {
    try withTemporaryFolder { folder in
      let cut = folder.appending(path: "cut.svs")
      let bytes = try Data(contentsOf: url)
      for count in [bytes.count / 2, bytes.count - 200, 1_000] {
        try bytes.prefix(count).write(to: cut)
        let problem = problem(of: cut)
        #expect(problem?.hasSuffix(".") == true, "\(problem ?? "it was read")")
      }
    }
  }

  /// 96 seeds: up to eight bytes changed, half of them in the last directory.
  @Test func `damaged bytes give an error or an image`() throws {
    let sound = Array(try Data(contentsOf: url))
    try withTemporaryFolder { folder in
      let damaged = folder.appending(path: "damaged.svs")
      for seed in 0..<96 {
        var numbers = SeededNumbers(seed: UInt64(seed))
        var bytes = sound
        let start = seed.isMultiple(of: 2) ? 4 : bytes.count - 1_500
        for _ in 0...Int.random(in: 0..<8, using: &numbers) {
          bytes[.random(in: start..<bytes.count, using: &numbers)] =
            .random(in: 0...255, using: &numbers)
        }
        try Data(bytes).write(to: damaged)
        do throws(ImageError) {
          let file = try ImageFile(opening: damaged)
          _ = try file.overview(reducedBy: 16)
          _ = try file.region(PixelRectangle(x: -9, y: -9, width: 99, height: 99), reducedBy: 1)
        } catch {
          #expect(error.problem.hasSuffix("."), "\(error)")
        }
      }
    }
  }
}
