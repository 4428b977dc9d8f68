/// Which part of the image a panel shows, and how large.
///
/// A panel is a grid of square points: the pixels of a picture, or on a terminal half cells, two a
/// row, since a cell is about twice as high as it is wide.
public struct Viewport: Sendable, Hashable {
  /// The image position at the panel's centre, in image pixels.
  public var centerX: Double
  /// The same from the image's top edge.
  public var centerY: Double
  /// Image pixels per point.
  public var scale: Double

  /// Takes the image position at the centre and the image pixels per point, above 0.
  public init(centerX: Double, centerY: Double, scale: Double) {
    self.centerX = centerX
    self.centerY = centerY
    self.scale = scale
  }

  /// The viewport in which all spots fit with a narrow margin.
  public init(fitting layout: SpotLayout, width: Int, height: Int) {
    let spanX = layout.maxX - layout.minX + 1.4 * layout.pitch
    let spanY = layout.maxY - layout.minY + 1.4 * layout.pitch
    self.init(
      centerX: (layout.minX + layout.maxX) / 2, centerY: (layout.minY + layout.maxY) / 2,
      scale: max(spanX / Double(max(1, width)), spanY / Double(max(1, height)), 1e-6))
  }

  /// The image position of a point's centre.
  public func imagePosition(
    pointX: Double, pointY: Double, width: Int, height: Int
  ) -> (x: Double, y: Double) {
    (
      centerX + (pointX + 0.5 - Double(width) / 2) * scale,
      centerY + (pointY + 0.5 - Double(height) / 2) * scale
    )
  }

  /// The point that holds an image position; may lie outside the panel.
  public func point(
    imageX: Double, imageY: Double, width: Int, height: Int
  ) -> (x: Double, y: Double) {
    (
      (imageX - centerX) / scale + Double(width) / 2 - 0.5,
      (imageY - centerY) / scale + Double(height) / 2 - 0.5
    )
  }

  /// The same view larger by `factor`, keeping an image position where it is on the panel.
  public func zoomed(by factor: Double, aroundX x: Double, y: Double) -> Viewport {
    Viewport(
      centerX: x + (centerX - x) / factor, centerY: y + (centerY - y) / factor,
      scale: scale / factor)
  }
}
