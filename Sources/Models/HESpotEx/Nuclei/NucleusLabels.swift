import Images
import Sections

/// The nuclei of a segmentation by other software, such as Cellpose's: an image as large as the
/// section's, in which every pixel of a nucleus has its number.
public struct NucleusLabels: NucleusCounter {
  /// Whether the ground between nuclei, label 0, counts as one.
  public enum Background: String, Codable, Sendable, CaseIterable {
    /// It does wherever there is some in the window, as released: the loader counts different labels.
    case released
    /// It does not.
    case leftOut
  }

  /// The segmentation.
  public let labels: LabelImage
  /// What becomes of label 0.
  public let background: Background

  /// Takes a segmentation.
  public init(_ labels: LabelImage, background: Background = .released) {
    self.labels = labels
    self.background = background
  }

  /// How many different labels there are in each window, cut off at the image's edge.
  ///
  /// Goes through the segmentation once; 8 KB are held for each window that the current row crosses.
  ///
  /// - Throws: for a segmentation of another size than the section's image, or that cannot be read.
  public func counts(
    of input: SectionInput, windowPixels: Int, _ work: PredictionWork
  ) throws(ModelError) -> [Int] {
    let (width, height) = (input.image.width, input.image.height)
    guard labels.width == width, labels.height == height else {
      throw ModelError(
        "\(labels.url.path) is \(labels.width) × \(labels.height) pixels, and the image of section "
          + "\(input.sectionName) \(width) × \(height). Give the segmentation of that image in full "
          + "size.")
    }
    let windows = input.spots.map {
      Patches.window(around: $0, side: windowPixels).clipped(toWidth: width, height: height)
    }
    var waiting = windows.indices.filter { windows[$0] != nil }
      .sorted { (windows[$0]!.y, $0) > (windows[$1]!.y, $1) }  // Those that are there.
    var open: [(spot: Int, window: PixelRectangle, seen: LabelSet)] = []
    var counts = [Int](repeating: 0, count: windows.count)
    do {
      try labels.rows { y, row in
        while let spot = waiting.last, let window = windows[spot], window.y <= y {
          waiting.removeLast()
          open.append((spot, window, LabelSet()))
        }
        for place in open.indices {
          let window = open[place].window
          open[place].seen.insert(row, window.x..<window.maxX)
        }
        for item in open where item.window.maxY == y + 1 {
          counts[item.spot] = item.seen.count(withBackground: background == .released)
        }
        open.removeAll { $0.window.maxY == y + 1 }
        if y % 256 == 0 { work.report(Double(y) / Double(height)) }
        return !work.isCancelled() && !(open.isEmpty && waiting.isEmpty)
      }
    } catch { throw ModelError(error.description) }
    try work.check()
    return counts
  }
}

/// Labels of 16 bits that were seen.
private struct LabelSet {
  private var words = [UInt64](repeating: 0, count: 1 << 10)

  mutating func insert(_ row: [UInt16], _ columns: Range<Int>) {
    var last: UInt16?
    for label in row[columns] where label != last {
      words[Int(label >> 6)] |= 1 << UInt64(label & 63)
      last = label
    }
  }

  func count(withBackground: Bool) -> Int {
    let all = words.reduce(0) { $0 + $1.nonzeroBitCount }
    return withBackground ? all : all - Int(words[0] & 1)
  }
}
