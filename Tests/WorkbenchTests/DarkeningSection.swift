import Foundation
import Images
import TestSupport

extension TemporaryFolder {
  /// Writes a section of 36 spots, 20 pixels apart, each darker than the one before, with more of gene
  /// A and less of B. Its patient is the name's first letter.
  func writeSection(_ name: String, brightness: Int) throws {
    var counts = "\tA\tB\n"
    var spots = "x\ty\tnew_x\tnew_y\tpixel_x\tpixel_y\tselected\n"
    for place in 0..<36 {
      let (x, y) = (place % 6, place / 6)
      counts += "\(x)x\(y)\t\(5 + place)\t\(90 - place)\n"
      spots += "\(x)\t\(y)\t\(x)\t\(y)\t\(x * 20 + 10)\t\(y * 20 + 10)\t1\n"
    }
    try write(counts, to: "ST-cnts/\(name).tsv")
    try write(spots, to: "ST-spotfiles/\(name)_selection.tsv")
    var image = RGBImage(width: 120, height: 120)
    for y in 0..<120 {
      for x in 0..<120 {
        let value = UInt8(brightness - 4 * (y / 20 * 6 + x / 20))
        image[x, y] = (value, value / 2, value)
      }
    }
    let file = try write("", to: "ST-imgs/\(name.prefix(1))/\(name)/he.png")
    try image.writePNG(to: URL(filePath: file))
  }
}
