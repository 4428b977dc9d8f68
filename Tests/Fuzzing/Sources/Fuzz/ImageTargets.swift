import CDeflate
import Foundation
import Images

/// Pictures: the header, a part at a reduced size, and the whole where it is small.
let imageTargets = [
  FuzzTarget("jpeg", reads: "a JPEG") { bytes in
    try withFile(bytes, named: "input.jpg", readPicture)
  },
  FuzzTarget("tiff", reads: "a TIFF, tiled or in strips") { bytes in
    try withFile(bytes, named: "input.tif", readPicture)
  },
  FuzzTarget("png", reads: "a PNG, its checksums mended first") { bytes in
    try withFile(withSoundChecksums(bytes), named: "input.png", readPicture)
  },
]

private func readPicture(_ file: URL) throws {
  let image = try ImageFile(opening: file)
  precondition(image.width > 0 && image.height > 0)
  let part = PixelRectangle(x: image.width / 3, y: image.height / 3, width: 40, height: 9)
  let region = try image.region(part)
  precondition(region.width == 40 && region.height == 9)
  let isSmall = image.width <= 2048 && image.height <= 2048
  if isSmall { _ = try image.decoded(reducedBy: 2) }
}

/// A PNG whose chunks are counted right, so that what is in them is looked at.
private func withSoundChecksums(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  var position = 8
  while bytes.count - position >= 12 {
    let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - position - 12 else { break }
    let end = position + 8 + length
    let checksum = bytes[position + 4..<end].withUnsafeBytes {
      libdeflate_crc32(0, $0.baseAddress, $0.count)
    }
    for place in 0..<4 {
      bytes[end + place] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * place))
    }
    position = end + 4
  }
  return bytes
}
