import Foundation
import HDF5
import Images

/// What `uns/spatial/<library>` says of a section's image.
struct AnnDataImages {
  /// The largest picture in the file.
  private(set) var image: ImageFile?
  /// The sizes of pictures, that of ``image`` first, and the full image last.
  private(set) var scales: [ImageScale] = []
  /// A spot's diameter in pixels of the full image.
  private(set) var spotDiameter: Double?
  private(set) var notes: [String] = []

  /// The names of the libraries in a file.
  static func libraries(in file: HDF5File) -> [String] {
    guard file.root.kind(of: "uns/spatial") == .group,
      let spatial = try? file.root.group("uns/spatial"), let members = try? spatial.members
    else { return [] }
    return members.filter { spatial.kind(of: $0) == .group }
  }

  /// Reads a library's scale factors and, where asked, its picture; what cannot be read becomes a
  /// note.
  init(library: String, in file: HDF5File, readsPicture: Bool) {
    let path = "uns/spatial/\(library)"
    guard let group = try? file.root.group(path) else { return }
    let factors = group.kind(of: "scalefactors") == .group ? try? group.group("scalefactors") : nil
    var factorOfName: [String: Double] = [:]
    for member in (try? factors?.members) ?? [] {
      guard let value = factors.flatMap({ number(member, in: $0) }), value > 0, value.isFinite
      else { continue }
      if member == "spot_diameter_fullres" { spotDiameter = value }
      if member.hasPrefix("tissue_"), member.hasSuffix("_scalef") {
        factorOfName[String(member.dropFirst(7).dropLast(7))] = value
      }
    }
    let pictures = group.kind(of: "images") == .group ? try? group.group("images") : nil
    let names = ((try? pictures?.members) ?? []).filter { pictures?.kind(of: $0) == .dataset }
    let largestFirst =
      ["hires", "lowres"].filter(names.contains)
      + names.filter { !["hires", "lowres"].contains($0) }
    if readsPicture, let pictures, let name = largestFirst.first {
      do throws(SectionError) {
        image = try inHDF5 { () throws(HDF5Error) in
          try ImageFile(
            array: pictures.dataset(name), named: "\(path)/images/\(name)", of: file.url)
        }
      } catch {
        notes.append("No image: \(error.description)")
      }
    }
    let order = largestFirst + factorOfName.keys.sorted().filter { !largestFirst.contains($0) }
    scales = order.compactMap { name in
      factorOfName[name].map { ImageScale(name: name, factor: $0) }
    }
    scales.append(ImageScale(name: "full", factor: 1))
  }
}

/// One number of a group; nil where there is none.
private func number(_ name: String, in group: HDF5Group) -> Double? {
  guard let dataset = try? group.dataset(name), dataset.count == 1 else { return nil }
  return (try? dataset.read(Double.self))?.first
}

extension ImageFile {
  /// Takes a picture from an array of rows, columns and channels, when it is first looked at: most of
  /// a file's bytes may be its picture.
  ///
  /// - Throws: for an array whose shape is no picture's.
  init(array: HDF5Dataset, named name: String, of file: URL) throws(HDF5Error) {
    let shape = array.shape
    let channels = shape.count == 2 ? 1 : shape.last ?? 0
    guard shape.count == 2 || shape.count == 3, [1, 3, 4].contains(channels), shape[0] > 0,
      shape[1] > 0, shape[0] <= 300_000, shape[1] <= 300_000, array.count < 1 << 31
    else {
      throw HDF5Error(
        file: file, object: array.path,
        problem: "has the shape \(shape), which is no picture's: rows, columns and 3 or 4 colours.")
    }
    let place = file.appending(path: name)
    self.init(named: place, width: shape[1], height: shape[0]) { () throws(ImageError) in
      do throws(HDF5Error) {
        return try RGBImage(
          width: shape[1], height: shape[0], channels: channels, bytes: array.bytesOfPicture())
      } catch { throw ImageError(file: place, problem: error.problem) }
    }
  }
}

extension RGBImage {
  /// Takes bytes of grey, or of red, green and blue, over white where a fourth channel makes them
  /// transparent.
  fileprivate init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    if channels == 3 {
      self.init(width: width, height: height, pixels: bytes)
      return
    }
    let pixelCount = width * height
    var pixels = [UInt8](repeating: 0, count: pixelCount * 3)
    for pixel in 0..<pixelCount {
      for color in 0..<3 {
        let value = bytes[pixel * channels + (channels == 1 ? 0 : color)]
        let opacity = channels == 4 ? Int(bytes[pixel * 4 + 3]) : 255
        let overWhite = (Int(value) * opacity + 255 * (255 - opacity) + 127) / 255
        pixels[pixel * 3 + color] = UInt8(overWhite)
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}

extension HDF5Dataset {
  /// Values of a picture as bytes.
  ///
  /// Fractions are 0 to 1, or 0 to 255 where one is above 1; whole numbers of two bytes are scaled
  /// down where one is above 255.
  fileprivate func bytesOfPicture() throws(HDF5Error) -> [UInt8] {
    if case .integer(bytes: 1, isSigned: false) = type { return try read(UInt8.self) }
    let values = try read(Float.self)
    let most = values.reduce(0) { max($0, $1) }
    let scale: Float
    if case .float = type {
      scale = most > 1 ? 1 : 255
    } else {
      scale = most > 255 ? 255 / 65_535 : 1
    }
    return values.map { value in
      let scaled = (value * scale).rounded()
      return scaled > 0 ? UInt8(min(255, scaled)) : 0
    }
  }
}
