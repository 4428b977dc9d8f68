import Foundation
import Testing

@testable import Images

@Suite struct WritingTests {
  /// 64 sizes, seeded.
  @Test func `a written PNG reads back the same`() throws {
    var numbers = SeededNumbers(seed: 8)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "picture.png")
      for seed in 0..<64 {
        let picture = RGBImage.texture(
          width: .random(in: 1...40, using: &numbers),
          height: .random(in: 1...40, using: &numbers), seed: UInt64(seed))
        try picture.writePNG(to: url)
        #expect(try ImageFile(opening: url).decoded() == picture)
      }
    }
  }

  @Test func `a written JPEG reads back nearly the same`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "picture.jpg")
      let picture = RGBImage(width: 33, height: 17, filledWith: (200, 120, 160))
      try picture.writeJPEG(to: url, quality: 95)
      #expect(try ImageFile(opening: url).decoded().largestDifference(from: picture) <= 3)
    }
  }

  @Test func `a picture that cannot be written leaves what was there`() throws {
    try withTemporaryFolder { folder in
      let picture = RGBImage(width: 2, height: 2)
      let missing = folder.appending(path: "none/picture.png")
      do throws(ImageError) {
        try picture.writePNG(to: missing)
        Issue.record("it was written")
      } catch {
        #expect(
          error.problem == "cannot be written (No such file or directory); check the folder and "
            + "the room on the disk.")
      }
      let url = folder.appending(path: "picture.png")
      try picture.writePNG(to: url)
      #expect(throws: ImageError.self) {
        try RGBImage(width: 0, height: 0, pixels: []).writePNG(to: url)
      }
      #expect(try ImageFile(opening: url).decoded() == picture)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }
  }

  @Test func `an empty picture says that it has nothing to write`() {
    do throws(ImageError) {
      _ = try RGBImage(width: 0, height: 3, pixels: []).jpegData()
      Issue.record("it was written")
    } catch {
      #expect(
        error.description == "a picture of 0 × 3 pixels: a JPEG holds 1 to 65500 pixels a side; "
          + "change its size.")
    }
  }
}
