/// A rectangle of whole pixels, from the image's top left corner.
public struct PixelRectangle: Sendable, Hashable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  public var maxX: Int { x + width }
  public var maxY: Int { y + height }

  /// The part inside `0..<width`, `0..<height`; nil when nothing is left.
  public func clipped(toWidth limitX: Int, height limitY: Int) -> PixelRectangle? {
    let left = max(0, x)
    let top = max(0, y)
    let right = min(maxX, limitX)
    let bottom = min(maxY, limitY)
    guard right > left, bottom > top else { return nil }
    return PixelRectangle(x: left, y: top, width: right - left, height: bottom - top)
  }
}
