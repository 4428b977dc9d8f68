import Foundation
import Images

/// Opens a section's image; where that fails says so in a note, for the section is useful without.
func openSectionImage(_ url: URL?, notes: inout [String]) -> ImageFile? {
  guard let url else { return nil }
  do {
    return try ImageFile(opening: url)
  } catch {
    notes.append("No image: \(error.description)")
    return nil
  }
}

extension Section {
  /// Cuts the squares around spots out of the image; around all spots by default.
  ///
  /// The image is gone through once, whatever the number of spots.
  /// - Parameters:
  ///   - spots: indices of spots; patches come in their order.
  ///   - side: pixels along a patch's side.
  ///   - order: the order of a patch's values, which differs between models.
  /// - Throws: when the section has no image, a spot is too near its border, or it does not decode.
  public func patches(
    ofSpots spots: [Int]? = nil, side: Int = 112, order: Patches.Order = .channelFirst
  ) throws(SectionError) -> Patches {
    let windows = try patchWindows(ofSpots: spots, side: side)
    guard let image else { preconditionFailure("windows were cut from an image") }
    var cut = [RGBImage?](repeating: nil, count: windows.count)
    do {
      try image.regions(windows) { index, window in
        cut[index] = window
        return true
      }
    } catch {
      throw SectionError(file: image.url, problem: error.problem)
    }
    return Patches(windows: cut.compactMap(\.self), side: side, order: order)
  }
}
