/// How well spots lie on their image under one placement.
public struct SpotFit: Sendable, Hashable {
  /// The placement.
  public let placement: ImagePlacement
  /// The spots whose centre lies on the image.
  public let spotsOnImage: Int
  /// All spots.
  public let spots: Int
  /// The share of the image that the smallest rectangle around all spots takes, 0 and up.
  public let coverage: Double

  /// Lays a section's positions, as its file has them, on an image of a size.
  init(_ placement: ImagePlacement, of spots: [Spot], width: Int, height: Int) {
    self.placement = placement
    self.spots = spots.count
    let (width, height) = (Double(width), Double(height))
    var on = 0
    var (least, greatest) = (
      (x: Double.infinity, y: Double.infinity), (x: -Double.infinity, y: -Double.infinity)
    )
    for spot in spots {
      let place = placement.onImage(x: spot.x, y: spot.y, width: width, height: height)
      if place.x >= 0, place.y >= 0, place.x < width, place.y < height { on += 1 }
      least = (min(least.x, place.x), min(least.y, place.y))
      greatest = (max(greatest.x, place.x), max(greatest.y, place.y))
    }
    spotsOnImage = on
    coverage =
      spots.isEmpty
      ? 0 : (greatest.x - least.x) * (greatest.y - least.y) / max(width * height, 1)
  }

  /// The share of spots on the image, 0...1.
  public var share: Double { spots == 0 ? 0 : Double(spotsOnImage) / Double(spots) }

  /// Whether hardly a spot is off the image and the spots do not huddle in a corner of it.
  public var isPlausible: Bool { share >= Self.leastShare && coverage >= Self.leastCoverage }

  /// With fewer spots on the image something is wrong with more than the array's edge.
  static let leastShare = 0.98

  /// Spots of a capture area that take less of the image than this were placed at a wrong scale.
  static let leastCoverage = 0.02

  /// Whether this fits better than another: more spots on the image; where these are as good as
  /// equal, spots that take more of it.
  func isBetter(than other: SpotFit) -> Bool {
    abs(share - other.share) > 0.005 ? share > other.share : coverage > other.coverage * 1.0001
  }
}
