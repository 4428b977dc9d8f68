/// One measured location of a section.
public struct Spot: Sendable, Hashable, Codable {
  /// The spot's name in its own file, such as `10x21` or a barcode; unique in its section.
  public var id: String
  /// Array column; grows along the image's x. Whole numbers of the lattice, not pixels.
  public var column: Int
  /// Array row; grows along the image's y.
  public var row: Int
  /// Centre in pixels of the full image, from its left edge.
  public var x: Double
  /// Centre in pixels of the full image, from its top edge.
  public var y: Double

  /// Makes a spot from its name, its place on the array and its centre in pixels.
  public init(id: String, column: Int, row: Int, x: Double, y: Double) {
    self.id = id
    self.column = column
    self.row = row
    self.x = x
    self.y = y
  }
}
