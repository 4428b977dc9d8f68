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
  /// How positions are turned over.
  public var orientation: SpotOrientation

  /// Makes a placement of its parts; by default positions are the image's pixels.
  public init(scale: Double = 1, scaleName: String? = nil, orientation: SpotOrientation = .asRead) {
    self.scale = scale
    self.scaleName = scaleName
    self.orientation = orientation
  }

  /// Where a position of the file lies on an image of a size in pixels.
  public func onImage(
    x: Double, y: Double, width: Double, height: Double
  ) -> (x: Double, y: Double) {
    var (across, down) = orientation.swapsAxes ? (y * scale, x * scale) : (x * scale, y * scale)
    if orientation.flipsX { across = width - across }
    if orientation.flipsY { down = height - down }
    return (across, down)
  }

  /// The position in the file of a place on an image of a size in pixels.
  public func inFile(
    x: Double, y: Double, width: Double, height: Double
  ) -> (x: Double, y: Double) {
    let across = (orientation.flipsX ? width - x : x) / scale
    let down = (orientation.flipsY ? height - y : y) / scale
    return orientation.swapsAxes ? (down, across) : (across, down)
  }
}

/// One of the eight ways to lay positions down: axes swapped or not, then mirrored.
public struct SpotOrientation: Sendable, Hashable, Codable, CaseIterable {
  /// Whether the file's first coordinate runs down the image.
  public var swapsAxes: Bool
  /// Whether positions are then mirrored left to right.
  public var flipsX: Bool
  /// Whether they are then mirrored top to bottom.
  public var flipsY: Bool

  /// Makes an orientation of its parts.
  public init(swapsAxes: Bool = false, flipsX: Bool = false, flipsY: Bool = false) {
    self.swapsAxes = swapsAxes
    self.flipsX = flipsX
    self.flipsY = flipsY
  }

  /// Positions as they were read.
  public static let asRead = SpotOrientation()
  /// A quarter turn clockwise.
  public static let quarterTurn = SpotOrientation(swapsAxes: true, flipsX: true)

  /// All eight, positions as they were read first.
  public static let allCases = [false, true].flatMap { swaps in
    [false, true].flatMap { flipsY in
      [false, true].map { SpotOrientation(swapsAxes: swaps, flipsX: $0, flipsY: flipsY) }
    }
  }

  /// This one, and then another on top of it.
  public func then(_ next: SpotOrientation) -> SpotOrientation {
    let (x, y) = next.swapsAxes ? (flipsY, flipsX) : (flipsX, flipsY)
    return SpotOrientation(
      swapsAxes: swapsAxes != next.swapsAxes, flipsX: x != next.flipsX, flipsY: y != next.flipsY)
  }

  /// The options that ask for it, such as `--swap-axes --flip-x`; `as read` for none.
  public var options: String {
    let options = [
      swapsAxes ? "--swap-axes" : nil, flipsX ? "--flip-x" : nil, flipsY ? "--flip-y" : nil,
    ]
    let given = options.compactMap(\.self)
    return given.isEmpty ? "as read" : given.joined(separator: " ")
  }
}

/// What a user wants to be so about spots on their image; the rest is found out.
public struct PlacementRequest: Sendable, Hashable, Codable {
  /// A scale by number, or by a name that the files have for it.
  public enum Scale: Sendable, Hashable, Codable {
    case factor(Double)
    case named(String)
  }

  /// The image's size; nil for the one that fits best.
  public var scale: Scale?
  /// How positions are turned over.
  public var orientation: SpotOrientation

  /// Asks for nothing by default.
  public init(scale: Scale? = nil, orientation: SpotOrientation = .asRead) {
    self.scale = scale
    self.orientation = orientation
  }
}
