/// A rectangle of whole pixels, from the image's top left corner.
public struct PixelRectangle: Sendable, Hashable {
  /// The leftmost column.
  public var x: Int
  /// The topmost row.
  public var y: Int
  /// Columns, zero or more.
  public var width: Int
  /// Rows, zero or more.
  public var height: Int

  /// Takes the top left corner and the size.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The column right of the last.
  public var maxX: Int { x + width }
  /// The row below the last.
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

  /// The pixels of the picture at 1/reduction that this rectangle touches.
  public func reduced(by reduction: Int) -> PixelRectangle {
    func below(_ value: Int) -> Int {
      value >= 0 ? value / reduction : -((-value + reduction - 1) / reduction)
    }
    func above(_ value: Int) -> Int { -below(-value) }
    let left = below(x)
    let top = below(y)
    return PixelRectangle(
      x: left, y: top, width: width == 0 ? 0 : above(maxX) - left,
      height: height == 0 ? 0 : above(maxY) - top)
  }
}
