/// What the colours and lines of a figure stand for, in as many lines as the width asks for.
struct FigureLegend {
  /// How an entry looks in the figure.
  enum Mark: Hashable {
    case swatch(Paint)
    /// A swatch with a letter on it, so that colour is not the only sign.
    case letter(String, Color)
    case line(VectorPicture.Stroke)
  }

  private struct Place {
    var mark: Mark
    var name: String
    var x, y: Double
  }

  private let places: [Place]
  /// 0 without entries.
  let height: Double

  init(_ entries: [(mark: Mark, name: String)], width: Double) {
    var places: [Place] = []
    var (x, y) = (0.0, 0.0)
    for entry in entries {
      let name = Typeface.shortened(entry.name, to: width - 22, size: FigureStyle.textSize)
      let wide = 18 + Typeface.width(of: name, size: FigureStyle.textSize)
      if x > 0, x + wide > width { (x, y) = (0, y + 17) }
      places.append(Place(mark: entry.mark, name: name, x: x, y: y))
      x += wide + 14
    }
    self.places = places
    height = places.isEmpty ? 0 : y + 20
  }

  /// Draws the entries with their top left corner at (x, y).
  func draw(on picture: inout VectorPicture, x left: Double, y top: Double) {
    for place in places {
      let (x, y) = (left + place.x, top + place.y)
      switch place.mark {
      case .swatch(let paint):
        picture.fill(x: x, y: y + 2, width: 12, height: 11, paint, cornerRadius: 2)
      case .letter(let letter, let color):
        picture.fill(x: x, y: y + 1, width: 13, height: 13, .color(color), cornerRadius: 2)
        picture.write(
          letter, x: x + 6.5, y: y + 11, size: 9, isBold: true, anchor: .middle,
          .color(color.contrast))
      case .line(let stroke): picture.line(x, y + 7.5, to: x + 13, y + 7.5, stroke)
      }
      picture.write(place.name, x: x + 18, y: y + 11.5, .role(.muted))
    }
  }
}

extension Color {
  /// Black or white, whichever reads better on the colour.
  var contrast: Color { brightness > 120 ? Color(0) : Color(0xFFFFFF) }
}

/// A legend alone, for several maps above it.
public struct CategoryLegend: Figure {
  /// From left to right, in as many lines as the width asks for.
  public var categories: [SpotMap.Category]

  /// Takes the categories.
  public init(_ categories: [SpotMap.Category]) { self.categories = categories }

  /// The entries with the margin of maps at the left.
  public func picture(width: Double) -> VectorPicture {
    let legend = FigureLegend(
      categories.map { (.letter($0.letter, $0.color), $0.name) },
      width: max(1, width - 2 * FigureStyle.margin))
    var picture = VectorPicture(
      width: width, height: legend.height + 4, title: "Legend",
      summary: categories.map { "\($0.letter) \($0.name)" }.joined(separator: ", "))
    legend.draw(on: &picture, x: FigureStyle.margin, y: 2)
    return picture
  }
}
