import Foundation

/// Rows of a TIFF with one sample a pixel, as numbers, through libtiff.
///
/// A row of tiles, or a strip, is held at a time.
final class TIFFLabels {
  private let url: URL
  private let file: TIFFFile
  private let page: TIFFFile.Page
  let picture: StoredPicture

  /// Reads the first page's directory.
  init(opening url: URL, byteCount: Int) throws(ImageError) {
    file = try TIFFFile(opening: url)
    guard let page = file.page else {
      throw ImageError(
        file: url, problem: "is a TIFF without a picture in it; copy or export it again.")
    }
    try page.check(fileBytes: byteCount, of: url)
    guard page.samples == 1, page.bits == 8 || page.bits == 16, page.sample_format < 3 else {
      throw ImageError(
        file: url,
        problem:
          "has \(page.samples) samples of \(page.bits) bits a pixel, and labels are one whole "
          + "number of 8 or 16 bits; save them so.")
    }
    self.url = url
    self.page = page
    picture = StoredPicture(
      width: Int(page.width), height: Int(page.height), orientation: .upright, bytesHeldWhole: 0)
  }

  func rows(_ body: (Int, [UInt16]) -> Bool) throws(ImageError) {
    let (width, height) = (picture.width, picture.height)
    let (across, down) = (Int(page.tile_width), Int(page.tile_height))
    for top in stride(from: 0, to: height, by: down) {
      var band: [(left: Int, labels: [UInt16])] = []
      for left in stride(from: 0, to: width, by: across) {
        band.append((left, try file.labels(x: left, y: top, of: page)))
      }
      var row = [UInt16](repeating: 0, count: width)
      for y in top..<min(top + down, height) {
        for (left, labels) in band {
          let count = min(across, width - left)
          let start = (y - top) * across
          row.replaceSubrange(left..<left + count, with: labels[start..<start + count])
        }
        if !body(y, row) { return }
      }
    }
  }
}
