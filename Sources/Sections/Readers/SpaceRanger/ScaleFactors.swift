import Foundation

/// What Space Ranger's `scalefactors_json.json` says of the images and spots.
struct ScaleFactors {
  /// Pixels of smaller images per pixel of the full one: `hires`, `lowres`, and `full`, which is 1.
  /// Those the file does not tell, or whose factor is no number above 0, are missing.
  var images: [ImageScale] = []
  /// A spot's diameter, or a bin's side, in pixels of the full image.
  var spotDiameter: Double?
  /// Whether the spots are bins of Visium HD.
  var areBins = false

  /// - Throws: where the file cannot be read or is no JSON object.
  init(reading url: URL) throws(SectionError) {
    let data = Data(try readTextFile(url, limit: 1 << 20))
    guard let members = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw SectionError(file: url, problem: "is not a JSON object. Copy it again.")
    }
    func factor(_ name: String) -> Double? {
      guard let number = (members[name] as? NSNumber)?.doubleValue, number.isFinite, number > 0,
        number <= SpotSelection.greatestPixel
      else { return nil }
      return number
    }
    for name in ["hires", "lowres"] {
      if let factor = factor("tissue_\(name)_scalef") {
        images.append(ImageScale(name: name, factor: factor))
      }
    }
    images.append(ImageScale(name: "full", factor: 1))
    spotDiameter = factor("spot_diameter_fullres")
    areBins = factor("bin_size_um") != nil
  }
}
