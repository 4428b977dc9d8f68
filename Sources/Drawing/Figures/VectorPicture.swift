import Images

/// A figure as a list of shapes, in points from the top left: drawn as SVG or as pixels.
///
/// A shape with a number that is not finite is left out as it is added, so that no surface meets
/// one.
public struct VectorPicture: Sendable, Hashable {
  /// The width in points, 1/96 inch each, 1 or more.
  public let width: Double
  /// The height in points, 1 or more.
  public let height: Double
  /// What the figure is called, for readers who cannot see it.
  public var title: String
  /// What the figure shows, in a sentence or two for the same readers.
  public var summary: String
  /// In the order they are painted.
  public private(set) var shapes: [Shape] = []

  /// Makes an empty picture; a size that is not finite or below 1 counts as 1.
  public init(width: Double, height: Double, title: String = "", summary: String = "") {
    self.width = width.isFinite ? max(1, width) : 1
    self.height = height.isFinite ? max(1, height) : 1
    self.title = title
    self.summary = summary
  }

  /// A place in points.
  public struct Point: Sendable, Hashable {
    /// From the left edge.
    public var x: Double
    /// From the top edge.
    public var y: Double
    /// Takes the distances from the left and from the top edge.
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// How a line is drawn.
  public struct Stroke: Sendable, Hashable {
    /// What it is painted with.
    public var paint: Paint
    /// In points.
    public var width: Double
    /// Lengths of dash and gap in points; empty for a whole line.
    public var dash: [Double]
    /// Takes the paint and the width, 1 point unless told otherwise.
    public init(_ paint: Paint, width: Double = 1, dash: [Double] = []) {
      self.paint = paint
      self.width = width
      self.dash = dash
    }
  }

  /// A line of text.
  public struct Label: Sendable, Hashable {
    /// Which part of the text is at its place.
    public enum Anchor: Sendable, Hashable { case start, middle, end }
    /// One line.
    public var text: String
    /// Where the baseline has its anchor.
    public var place: Point
    /// The letters' size in points.
    public var size: Double
    /// Whether it is set in bold.
    public var isBold: Bool
    /// Which part of the text is at its place.
    public var anchor: Anchor
  }

  /// What a shape looks like.
  public enum Geometry: Sendable, Hashable {
    case rectangle(x: Double, y: Double, width: Double, height: Double, cornerRadius: Double)
    /// Lines from point to point; a fill closes them.
    case polyline([Point], isClosed: Bool)
    /// Discs of one size.
    case discs([Point], diameter: Double)
    case label(Label)
    /// Pixels stretched over a rectangle.
    case image(RGBImage, x: Double, y: Double, width: Double, height: Double)
    /// The same of pixels that are data: with sharp edges, every colour kept as it is.
    case cells(RGBImage, x: Double, y: Double, width: Double, height: Double)
  }

  /// One shape with its paints.
  public struct Shape: Sendable, Hashable {
    /// What it looks like.
    public var geometry: Geometry
    /// What its inside is painted with; a label's letters too.
    public var fill: Paint?
    /// How its outline is drawn.
    public var stroke: Stroke?
  }

  /// Farther than any surface reaches, and small enough to be told in whole hundredths.
  private static let largest = 1e9

  /// Adds a shape on top, unless a number in it is not finite or beyond a thousand million.
  public mutating func add(_ geometry: Geometry, fill: Paint? = nil, stroke: Stroke? = nil) {
    let lengths = stroke.map { $0.dash + [$0.width] } ?? []
    guard (geometry.numbers + lengths).allSatisfy({ abs($0) < Self.largest }) else { return }
    shapes.append(Shape(geometry: geometry, fill: fill, stroke: stroke))
  }

  /// Adds all shapes of a picture, its top left corner at a place.
  public mutating func add(_ picture: VectorPicture, x: Double, y: Double) {
    for shape in picture.shapes {
      add(shape.geometry.moved(x: x, y: y), fill: shape.fill, stroke: shape.stroke)
    }
  }
}

extension VectorPicture {
  /// Adds a filled rectangle.
  public mutating func fill(
    x: Double, y: Double, width: Double, height: Double, _ paint: Paint, cornerRadius: Double = 0
  ) {
    add(
      .rectangle(x: x, y: y, width: width, height: height, cornerRadius: cornerRadius), fill: paint)
  }

  /// Adds a line from one point to another.
  public mutating func line(
    _ x: Double, _ y: Double, to endX: Double, _ endY: Double, _ stroke: Stroke
  ) {
    add(.polyline([Point(x, y), Point(endX, endY)], isClosed: false), stroke: stroke)
  }

  /// Adds a disc.
  public mutating func disc(
    _ x: Double, _ y: Double, diameter: Double, fill: Paint?, stroke: Stroke? = nil
  ) {
    add(.discs([Point(x, y)], diameter: diameter), fill: fill, stroke: stroke)
  }

  /// Adds a line of text with its baseline at (x, y).
  public mutating func write(
    _ text: String, x: Double, y: Double, size: Double = 11, isBold: Bool = false,
    anchor: Label.Anchor = .start, _ paint: Paint = .role(.text)
  ) {
    guard !text.isEmpty else { return }
    add(
      .label(
        Label(text: text, place: Point(x, y), size: size, isBold: isBold, anchor: anchor)),
      fill: paint)
  }
}

extension VectorPicture.Geometry {
  fileprivate var numbers: [Double] {
    switch self {
    case .rectangle(let x, let y, let width, let height, let radius): [x, y, width, height, radius]
    case .polyline(let points, _): points.flatMap { [$0.x, $0.y] }
    case .discs(let points, let diameter): points.flatMap { [$0.x, $0.y] } + [diameter]
    case .label(let label): [label.place.x, label.place.y, label.size]
    case .image(_, let x, let y, let width, let height),
      .cells(_, let x, let y, let width, let height):
      [x, y, width, height]
    }
  }

  fileprivate func moved(x dx: Double, y dy: Double) -> Self {
    func moved(_ points: [VectorPicture.Point]) -> [VectorPicture.Point] {
      points.map { VectorPicture.Point($0.x + dx, $0.y + dy) }
    }
    switch self {
    case .rectangle(let x, let y, let width, let height, let radius):
      return .rectangle(x: x + dx, y: y + dy, width: width, height: height, cornerRadius: radius)
    case .polyline(let points, let isClosed): return .polyline(moved(points), isClosed: isClosed)
    case .discs(let points, let diameter): return .discs(moved(points), diameter: diameter)
    case .label(var label):
      label.place = VectorPicture.Point(label.place.x + dx, label.place.y + dy)
      return .label(label)
    case .image(let image, let x, let y, let width, let height):
      return .image(image, x: x + dx, y: y + dy, width: width, height: height)
    case .cells(let image, let x, let y, let width, let height):
      return .cells(image, x: x + dx, y: y + dy, width: width, height: height)
    }
  }
}
