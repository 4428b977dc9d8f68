import Images
import Sections

/// Counts nuclei where a section has no segmentation: dark spots of haematoxylin, one by one.
///
/// The haematoxylin of each window is smoothed over about half a nucleus, twice by a box. A nucleus is
/// a pixel of the window that has more of it than all others within half a nucleus's diameter, the
/// first of equals, and more than a threshold. The threshold is Otsu's over all windows of the section
/// together, or ``leastDensity`` where that is more. Nothing is drawn by chance.
///
/// Source: Eosin's own, and named so; HESpotEx's authors take Cellpose's segmentation, with which these
/// numbers do not agree nucleus for nucleus: nuclei that touch may count as one. Threshold after Otsu,
/// IEEE Transactions on Systems, Man, and Cybernetics 1979.
public struct StainNuclei: NucleusCounter {
  /// How wide a nucleus is.
  public var diameterMicrons = 8.0
  /// How far spots are apart where the image does not tell its scale: 200 µm on Legacy ST, 100 µm on
  /// Visium.
  public var pitchMicrons = 200.0
  /// The least density of haematoxylin that a nucleus may have.
  public var leastDensity: Float = 0.2

  /// Takes nuclei of 8 µm.
  public init() {}

  /// Goes through the image once; one window is held at a time, and its peaks are kept.
  ///
  /// - Throws: for an image that cannot be read, and when the work was cancelled.
  public func counts(
    of input: SectionInput, windowPixels: Int, _ work: PredictionWork
  ) throws(ModelError) -> [Int] {
    let diameter = diameterPixels(input)
    let reduction = ImageFile.reductions.last { diameter / Double($0) >= 6 } ?? 1
    let reach = max(1, Int((diameter / Double(reduction) / 2).rounded()))
    let margin = 2 * reach * reduction
    let windows = input.spots.map { Patches.window(around: $0, side: windowPixels) }
    let wide = windows.map { window in
      PixelRectangle(
        x: window.x - margin, y: window.y - margin, width: window.width + 2 * margin,
        height: window.height + 2 * margin)
    }
    let stains = StainDeconvolution()
    var peaks = [[Float]](repeating: [], count: windows.count)
    var histogram = DensityHistogram()
    var done = 0
    do {
      try input.image.regions(wide, reducedBy: reduction) { spot, image in
        let map = HaematoxylinMap(image, stains).smoothed(by: max(1, reach / 2)).smoothed(
          by: max(1, reach / 2))
        let (inner, outer) = (
          windows[spot].reduced(by: reduction), wide[spot].reduced(by: reduction)
        )
        let part = PixelRectangle(
          x: inner.x - outer.x, y: inner.y - outer.y, width: inner.width, height: inner.height)
        peaks[spot] = map.peaks(within: part, reach: reach, above: leastDensity)
        map.forEach(within: part) { histogram.add($0) }
        done += 1
        work.report(Double(done) / Double(windows.count))
        return !work.isCancelled()
      }
    } catch { throw ModelError(error.description) }
    try work.check()
    let threshold = max(histogram.threshold, leastDensity)
    return peaks.map { own in own.count { $0 > threshold } }
  }

  /// How wide a nucleus is on the image.
  func diameterPixels(_ input: SectionInput) -> Double {
    let size = input.image.pixelSizeMicrons ?? pitchMicrons / max(input.pitchPixels, 1)
    return diameterMicrons / max(size, 0.01)
  }
}

/// How often each density of haematoxylin is met, 0...4 in 256 steps.
private struct DensityHistogram {
  private static let steps = 256
  private static let largest: Float = 4
  private var counts = [Int](repeating: 0, count: steps)

  mutating func add(_ density: Float) {
    let step = Int(density / Self.largest * Float(Self.steps))
    counts[min(max(step, 0), Self.steps - 1)] += 1
  }

  /// The density that parts the two classes with the largest variance between them; 0 of nothing.
  var threshold: Float {
    let total = Double(counts.reduce(0, +))
    let sum = counts.enumerated().reduce(0.0) { $0 + Double($1.offset * $1.element) }
    var (below, sumBelow, best, place) = (0.0, 0.0, 0.0, 0)
    for (step, count) in counts.enumerated() {
      below += Double(count)
      sumBelow += Double(step * count)
      guard below > 0, below < total else { continue }
      let gap = sumBelow / below - (sum - sumBelow) / (total - below)
      let between = below * (total - below) * gap * gap
      if between > best { (best, place) = (between, step + 1) }
    }
    return Float(place) * Self.largest / Float(Self.steps)
  }
}
