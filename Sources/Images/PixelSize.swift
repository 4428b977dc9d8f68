/// The length of a pixel's side on the tissue, from what files say of it.
enum PixelSize {
  /// Microscopes make pixels of about 0.1 to 10 micrometres; a printer's 72 or 300 per inch, which
  /// programs write when they know nothing, are 353 and 85.
  static func plausible(_ microns: Double) -> Double? {
    (0.02...20).contains(microns) ? microns : nil
  }

  /// From a TIFF's description, written by ImageJ or as OME-XML, or else its resolution.
  ///
  /// - Parameters:
  ///   - resolution: pixels per unit along x.
  ///   - unit: TIFF's number, 2 for inches and 3 for centimetres.
  static func ofTIFF(description: String?, resolution: Double, unit: Int) -> Double? {
    if let description {
      if description.hasPrefix("ImageJ=") {
        let isMicrons = description.split(separator: "\n").contains {
          ["unit=micron", "unit=um", "unit=µm", "unit=\\u00B5m"].contains($0)
        }
        return isMicrons && resolution > 0 ? plausible(1 / resolution) : nil
      }
      if let size = ofOME(description) { return plausible(size) }
    }
    guard resolution > 0, let microns = [2: 25_400.0, 3: 10_000][unit] else { return nil }
    return plausible(microns / resolution)
  }

  /// `PhysicalSizeX`, which is in micrometres unless its unit says otherwise.
  private static func ofOME(_ description: String) -> Double? {
    func attribute(_ name: String) -> Substring? {
      guard let start = description.firstRange(of: " \(name)=\"") else { return nil }
      return description[start.upperBound...].prefix { $0 != "\"" }
    }
    guard let size = attribute("PhysicalSizeX").flatMap({ Double($0) }) else { return nil }
    let unit = attribute("PhysicalSizeXUnit").map(String.init) ?? "µm"
    return [
      "µm": 1, "\u{3BC}m": 1, "um": 1, "&#181;m": 1, "&#xB5;m": 1, "nm": 0.001, "mm": 1000,
      "cm": 10_000,
    ][unit].map { size * $0 }
  }
}
