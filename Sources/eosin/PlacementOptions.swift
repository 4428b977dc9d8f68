import ArgumentParser
import Sections

/// How spots lie on the image, where it is not found out right.
struct PlacementOptions: ParsableArguments {
  @Option(
    name: .customLong("image-scale"),
    help: ArgumentHelp(
      "Pixels of the image per pixel of the positions: a number, or hires, lowres or full; by "
        + "default what fits best.", valueName: "scale"))
  var scale: String?

  @Flag(
    name: .customLong("swap-axes"), help: "The positions' first coordinate runs down the image.")
  var swapsAxes = false

  @Flag(name: .customLong("flip-x"), help: "Mirror the positions left to right.")
  var flipsX = false

  @Flag(name: .customLong("flip-y"), help: "Mirror the positions top to bottom.")
  var flipsY = false

  @Option(help: "Turn the positions clockwise by 90, 180 or 270 degrees, after any mirroring.")
  var rotate = 0

  func validate() throws {
    guard [0, 90, 180, 270].contains(rotate) else {
      throw ValidationError("--rotate takes 90, 180 or 270, not \(rotate).")
    }
    if let scale, let factor = Double(scale), !(factor > 0 && factor.isFinite) {
      throw ValidationError("--image-scale takes a number above 0, not \(scale).")
    }
  }

  /// What was asked for; nil where nothing was.
  var request: PlacementRequest? {
    let turns = Array(repeating: SpotOrientation.quarterTurn, count: rotate / 90)
    let orientation = turns.reduce(
      SpotOrientation(swapsAxes: swapsAxes, flipsX: flipsX, flipsY: flipsY)
    ) { $0.then($1) }
    guard scale != nil || orientation != .asRead else { return nil }
    return PlacementRequest(
      scale: scale.map { text in Double(text).map { .factor($0) } ?? .named(text) },
      orientation: orientation)
  }
}
