import Foundation
import Images
import Sections
import TestSupport

extension TemporaryFolder {
  /// Writes a cohort of slides of 128 by 160 pixels, a disc of tissue on glass, the later ones darker
  /// and with an earlier event; every fourth patient is censored.
  func writeCohort(_ count: Int) throws -> Cohort {
    var table = "slide\ttime\tevent\tage\tstage\tresponse\n"
    for index in 0..<count {
      let name = "slides/S\(index).png"
      let share = Double(index) / Double(count)
      try Self.disc(brightness: UInt8(200 - 140 * share)).writePNG(
        to: URL(filePath: try write("", to: name)))
      table += "\(name)\t\(40 - 30 * share)\t\(index % 4 == 3 ? 0 : 1)\t\(50 + index * 7 % 11)\t"
      table += "\(["I", "II", "III"][index % 3])\t\(index < count / 2 ? "none" : "whole")\n"
    }
    return try Cohort(reading: URL(filePath: try write(table, to: "cohort.tsv")))
  }

  /// Tissue of haematoxylin's hue in the middle of glass.
  static func disc(brightness: UInt8, width: Int = 128, height: Int = 160) -> RGBImage {
    var image = RGBImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let (dx, dy) = (2 * x - width, 2 * y - height)
        let isTissue = dx * dx + dy * dy < width * width / 2
        image[x, y] =
          isTissue ? (brightness, brightness / 2, min(brightness, 215) + 40) : (245, 245, 245)
      }
    }
    return image
  }
}
