import Foundation
import Images
import Sections

/// The nuclei of a section in a file of any kind Eosin knows, opened when a model asks for them.
///
/// By what it holds: an image is a segmentation, ``NucleusLabels``; a table with columns `spot` and
/// `nuclei` has a number a spot, ``NucleusTable``; all else are centres, ``NucleusCentres``.
public struct NucleusFile: NucleusCounter {
  /// The file.
  public let url: URL

  /// Takes a file without opening it.
  public init(_ url: URL) { self.url = url }

  /// Opens the file and counts.
  ///
  /// - Throws: what is wrong with it.
  public func counts(
    of input: SectionInput, windowPixels: Int, _ work: PredictionWork
  ) throws(ModelError) -> [Int] {
    try counter().counts(of: input, windowPixels: windowPixels, work)
  }

  private func counter() throws(ModelError) -> any NucleusCounter {
    do {
      if ["png", "tif", "tiff"].contains(url.pathExtension.lowercased()) {
        return NucleusLabels(try LabelImage(opening: url))
      }
      if try SpotCounts.describes(url) { return NucleusTable(try SpotCounts(reading: url)) }
      return NucleusCentres(try NucleusPoints(reading: url))
    } catch { throw ModelError("\(error)") }
  }
}

/// The nuclei whose centres a file has, counted where they lie in a spot's window.
public struct NucleusCentres: NucleusCounter {
  /// The centres, as read.
  public let points: NucleusPoints
  /// Indices of the points from the top of the image to its bottom.
  private let order: [Int]

  /// Takes centres.
  public init(_ points: NucleusPoints) {
    self.points = points
    order = points.y.indices.sorted { points.y[$0] < points.y[$1] }
  }

  /// How many centres there are in each window: from its left and upper edge on, up to the others.
  ///
  /// - Throws: where no window has any, as where centres are in another unit than the image's pixels.
  public func counts(
    of input: SectionInput, windowPixels: Int, _ work: PredictionWork
  ) throws(ModelError) -> [Int] {
    let counts = input.spots.map { spot in
      let window = Patches.window(around: spot, side: windowPixels)
      var place = firstPlace(below: Double(window.y))
      var count = 0
      while place < order.count, points.y[order[place]] < Double(window.maxY) {
        let x = points.x[order[place]]
        if x >= Double(window.x), x < Double(window.maxX) { count += 1 }
        place += 1
      }
      return count
    }
    guard counts.contains(where: { $0 > 0 }) else {
      throw ModelError(
        "\(points.url.path): none of its \(order.count.grouped) nuclei lies at a spot of section "
          + "\(input.sectionName). Give centres in pixels of the full image, \(input.image.width) × "
          + "\(input.image.height).")
    }
    return counts
  }

  /// The first place in the order whose y is not above an edge.
  private func firstPlace(below edge: Double) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if points.y[order[middle]] < edge { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
