/// A size at which a platform's files say an image may have been saved.
public struct ImageScale: Sendable, Hashable, Codable {
  /// What it is called, such as `hires`.
  public var name: String
  /// Pixels of that image per pixel of the full image, above 0.
  public var factor: Double

  /// Names a factor.
  public init(name: String, factor: Double) {
    self.name = name
    self.factor = factor
  }
}

/// How positions as a file gives them come to lie on the section's image.
///
/// First the axes are swapped where asked, then positions are scaled to pixels of the image, then
/// mirrored within it. Together these make all eight ways in which a square can be laid down.
public struct ImagePlacement: Sendable, Hashable, Codable {
  /// Pixels of the image per unit of the file's positions, above 0.
  public var scale: Double
  /// What the scale is called in the files, such as `hires`; nil where a user gave it.
  public var scaleName: String?
  /// Whether the file's first coordinate runs down the image.
  public var swapsAxes: Bool
  /// Whether positions are mirrored left to right.
  public var flipsX: Bool
  /// Whether positions are mirrored top to bottom.
  public var flipsY: Bool

  /// Makes a placement of its parts; by default positions are the image's pixels.
  public init(
    scale: Double = 1, scaleName: String? = nil, swapsAxes: Bool = false, flipsX: Bool = false,
    flipsY: Bool = false
  ) {
    self.scale = scale
    self.scaleName = scaleName
    self.swapsAxes = swapsAxes
    self.flipsX = flipsX
    self.flipsY = flipsY
  }
}
