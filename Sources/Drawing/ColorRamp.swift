/// A continuous scale of colours from the lowest value to the highest.
public struct ColorRamp: Sendable, Hashable {
  /// What menus and saved views call it, such as `viridis`.
  public let name: String
  /// 256 colours, lowest first.
  public let colors: [Color]

  /// Interpolates evenly spaced anchors, channel by channel in sRGB.
  public init(name: String, anchors: [UInt32]) {
    precondition(anchors.count >= 2)
    self.name = name
    colors = (0..<256).map { step in
      let position = Double(step) / 255 * Double(anchors.count - 1)
      let below = min(Int(position), anchors.count - 2)
      return Color(anchors[below]).mixed(
        with: Color(anchors[below + 1]), share: position - Double(below))
    }
  }

  /// The colour of a value already scaled to 0...1; values outside take the nearest end.
  ///
  /// Not a number has no colour: nil.
  @inlinable
  public func color(at fraction: Float) -> Color? {
    guard fraction == fraction else { return nil }
    return colors[Int(min(max(fraction, 0), 1) * 255 + 0.5)]
  }

  /// Perceptually even, from dark violet to yellow (matplotlib, van der Walt and Smith).
  public static let viridis = ColorRamp(
    name: "viridis",
    anchors: [
      0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C,
      0xFDE725,
    ])
  /// Perceptually even, from black through purple to cream (matplotlib).
  public static let magma = ColorRamp(
    name: "magma",
    anchors: [
      0x000004, 0x180F3E, 0x451077, 0x721F81, 0x9F2F7F, 0xCD4071, 0xF1605D, 0xFD9567, 0xFEC98D,
      0xFCFDBF,
    ])
  /// Alike to eyes with and without red-green deficiency (Nuñez, Anderton and Renslow 2018).
  public static let cividis = ColorRamp(
    name: "cividis",
    anchors: [
      0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173, 0x8A8678, 0xA59C74, 0xC3B369, 0xE1CC55,
      0xFEE838,
    ])
  /// From nearly black to white.
  public static let greys = ColorRamp(name: "greys", anchors: [0x161616, 0xFFFFFF])

  /// For differences: blue below, red above and nearly white between, told apart by eyes with
  /// red-green deficiency too. Each side keeps to one hue, so that sixteen colours are enough for
  /// it: blue, bright blue, white, bright red, red.
  public static let difference = ColorRamp(
    name: "difference",
    anchors: [0x1A3FC0, 0x4A66F0, 0x9CAEF6, 0xF2F2F2, 0xF7A49A, 0xEE4B40, 0xAE1208])

  /// The built-in ramps, in the order the viewer goes through them.
  public static let all: [ColorRamp] = [viridis, magma, cividis, greys]
}

/// Colours for categories, told apart by eyes with the common colour deficiencies.
public struct CategoricalPalette: Sendable, Hashable {
  /// What menus and saved views call it, such as `okabe-ito`.
  public let name: String
  /// One or more colours, in the order categories take them.
  public let colors: [Color]

  /// The colour of a category; a palette that is too short starts again.
  public func color(of category: Int) -> Color {
    colors[category % colors.count]
  }

  /// Eight colours by Okabe and Ito (2008), then Tol's muted ones for more categories.
  public static let okabeIto = CategoricalPalette(
    name: "okabe-ito",
    colors: [
      0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442, 0x0072B2, 0xD55E00, 0xCC79A7, 0x999999, 0x882255,
      0x44AA99, 0xDDCC77, 0x332288,
    ].map { Color($0) })
  /// Paul Tol's muted scheme.
  public static let tolMuted = CategoricalPalette(
    name: "tol-muted",
    colors: [
      0xCC6677, 0x88CCEE, 0xDDCC77, 0x117733, 0x882255, 0x44AA99, 0x999933, 0xAA4499, 0x332288,
      0xDDDDDD,
    ].map { Color($0) })
  /// Paul Tol's light scheme, quiet behind letters.
  public static let tolLight = CategoricalPalette(
    name: "tol-light",
    colors: [
      0x77AADD, 0xEE8866, 0xEEDD88, 0xFFAABB, 0x99DDFF, 0x44BB99, 0xBBCC33, 0xAAAA00, 0xDDDDDD,
    ].map { Color($0) })

  /// The built-in palettes, in the order the viewer goes through them.
  public static let all: [CategoricalPalette] = [okabeIto, tolMuted, tolLight]
}
