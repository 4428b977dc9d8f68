/// Files of labels, which nothing of the project writes.
enum LabelFile {
  /// A grey PNG of 8 or 16 bits, not compressed.
  static func png(_ labels: [UInt16], width: Int, bits: Int = 16, color: UInt8 = 0) -> [UInt8] {
    let height = labels.count / width
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)  // No filter.
      for label in labels[y * width..<(y + 1) * width] {
        if bits == 16 { rows.append(UInt8(label >> 8)) }
        rows.append(UInt8(label & 255))
        if color == 2 { rows += Array(repeating: 0, count: bits / 4) }
      }
    }
    let header = big(width) + big(height) + [UInt8(bits), color, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("IDAT", stored(rows)) + chunk("IEND", [])
  }

  /// A TIFF of one sample a pixel in strips of so many rows, not compressed.
  static func tiff(
    _ labels: [UInt16], width: Int, rowsPerStrip: Int, bits: Int = 16, samples: Int = 1
  ) -> [UInt8] {
    let height = labels.count / width
    var bytes: [UInt8] = Array("II".utf8) + [42, 0, 0, 0, 0, 0]
    var offsets: [Int] = []
    var counts: [Int] = []
    for top in stride(from: 0, to: height, by: rowsPerStrip) {
      offsets.append(bytes.count)
      for label in labels[top * width..<min(top + rowsPerStrip, height) * width] {
        for _ in 0..<samples {
          bytes.append(UInt8(label & 255))
          if bits == 16 { bytes.append(UInt8(label >> 8)) }
        }
      }
      counts.append(bytes.count - offsets[offsets.count - 1])
    }
    let lists = bytes.count
    for value in offsets + counts { bytes += little(value, 4) }
    bytes.replaceSubrange(4..<8, with: little(bytes.count, 4))
    let count = offsets.count
    let entries = [
      (256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, bits), (259, 3, 1, 1), (262, 3, 1, 1),
      (273, 4, count, count == 1 ? offsets[0] : lists), (277, 3, 1, samples),
      (278, 3, 1, rowsPerStrip),
      (279, 4, count, count == 1 ? counts[0] : lists + 4 * count),
    ]
    bytes += little(entries.count, 2)
    for (tag, type, count, value) in entries {
      bytes += little(tag, 2) + little(type, 2) + little(count, 4) + little(value, 4)
    }
    return bytes + [0, 0, 0, 0]
  }

  private static func big(_ value: Int) -> [UInt8] { little(value, 4).reversed() }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var check: UInt32 = 0xFFFF_FFFF
    for byte in body {
      check ^= UInt32(byte)
      for _ in 0..<8 { check = check & 1 == 1 ? check >> 1 ^ 0xEDB8_8320 : check >> 1 }
    }
    return big(data.count) + body + big(Int(~check))
  }

  /// A zlib stream of stored blocks.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 1]
    for start in stride(from: 0, to: bytes.count, by: 65_535) {
      let part = bytes[start..<min(start + 65_535, bytes.count)]
      out.append(start + part.count == bytes.count ? 1 : 0)
      out += little(part.count, 2) + little(~part.count & 0xFFFF, 2) + part
    }
    var (a, b) = (1, 0)
    for byte in bytes {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return out + big(b << 16 | a)
  }
}
