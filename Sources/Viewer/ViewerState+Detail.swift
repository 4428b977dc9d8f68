import Drawing
import Images

/// A sharper picture of part of the image.
struct DetailRequest: Sendable, Hashable {
  var area: PixelRectangle
  var reduction: Int
}

/// Sharper pictures of what is in view.
///
/// Those of the last places stay, so that going back needs nothing new and a place that is not
/// there yet shows coarser; the next one is asked for before the view reaches the edge of one.
extension ViewerState {
  /// Up to here a picture far beyond the view costs little, even without reduced versions in the
  /// file.
  private static let closeReduction = 4
  /// Pictures kept, and pixels of all of them but the newest.
  private static let mostDetails = 8
  private static let mostDetailPixels = 16_000_000

  /// Asks for a sharper picture when the view is closer than those at hand show.
  mutating func detailEffects() -> [ViewerEffect] {
    guard case .ready(let picture) = image, awaitedDetail == nil, let loaded,
      let file = loaded.section.image,
      let body = bodies().first(where: {
        $0.kind == .image || showsUnderlay && $0.kind != .scatter
      })?.area
    else { return [] }
    let view = viewport(columns: body.columns, rows: body.rows, layout: loaded.layout)
    let reduction = ImageFile.reductions.last { Double($0) <= view.scale } ?? 1
    guard view.scale < picture.finestScale * 0.9, Double(reduction) < picture.finestScale else {
      return []
    }
    guard let seen = view.rectangle(columns: body.columns, rows: body.rows * 2) else { return [] }
    let isClose = reduction <= Self.closeReduction
    let lookahead = isClose ? 2 : 4
    let needed = seen.grown(byX: seen.width / lookahead, y: seen.height / lookahead)
    guard let needed = needed.clipped(toWidth: file.width, height: file.height),
      !details.contains(where: { $0.isDetail(of: needed, reducedBy: reduction) })
    else { return [] }
    let margin = isClose ? 256 * reduction : 0
    let share = isClose ? 3 : 2
    let area = seen.grown(
      byX: max(seen.width * share / 4, margin), y: max(seen.height * share / 4, margin)
    ).clipped(toWidth: file.width, height: file.height)
    let request = DetailRequest(area: area ?? needed, reduction: reduction)
    guard request != failedDetail else { return [] }
    awaitedDetail = request
    return [.readDetail(section: sectionIndex, request.area, reducedBy: reduction)]
  }

  /// Keeps a picture that was asked for, and of the earlier ones the latest.
  mutating func take(detail: ImagePyramid) {
    awaitedDetail = nil
    failedDetail = nil
    var pixels = 0
    let earlier = details.prefix { earlier in
      pixels += earlier.levels[0].pixels.count / 3
      return pixels <= Self.mostDetailPixels
    }
    details = [detail] + earlier.prefix(Self.mostDetails - 1)
  }

  /// Says why a part cannot be shown sharper; it is not asked for again until the view moves.
  mutating func failDetail(_ problem: String) {
    failedDetail = awaitedDetail
    awaitedDetail = nil
    message = Message(text: problem, kind: .failure)
  }
}

extension ImagePyramid {
  /// Whether this shows a part as sharply as the picture at 1/reduction.
  fileprivate func isDetail(of part: PixelRectangle, reducedBy reduction: Int) -> Bool {
    finestScale <= Double(reduction) * 1.01 && extent.contains(part)
  }
}

extension Viewport {
  /// The image pixels that a panel of so many points shows; nil where no image can be.
  fileprivate func rectangle(columns: Int, rows: Int) -> PixelRectangle? {
    let (width, height) = (Double(columns) * scale, Double(rows) * scale)
    guard max(abs(centerX), abs(centerY), width, height) < 1e9 else { return nil }
    return PixelRectangle(
      x: Int(centerX - width / 2) - 1, y: Int(centerY - height / 2) - 1, width: Int(width) + 3,
      height: Int(height) + 3)
  }
}

extension PixelRectangle {
  fileprivate func contains(_ other: PixelRectangle) -> Bool {
    other.x >= x && other.y >= y && other.maxX <= maxX && other.maxY <= maxY
  }

  /// The rectangle with a margin on every side.
  fileprivate func grown(byX marginX: Int, y marginY: Int) -> PixelRectangle {
    PixelRectangle(
      x: x - marginX, y: y - marginY, width: width + 2 * marginX, height: height + 2 * marginY)
  }
}
