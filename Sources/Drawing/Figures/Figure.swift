/// A chart or map that lays itself out.
public protocol Figure: Sendable {
  /// The figure in a width of points; the height follows from what it shows.
  func picture(width: Double) -> VectorPicture
}

/// Sizes shared by all figures, in points.
enum FigureStyle {
  static let margin = 12.0
  static let titleSize = 13.0
  static let textSize = 11.0
  static let smallSize = 10.0
  static let lineHeight = 15.0
  /// Lines behind the data.
  static let grid = VectorPicture.Stroke(Paint.role(.border).opacity(0.7))
  static let axis = VectorPicture.Stroke(.role(.muted))
  /// What could be reached, in the one accent.
  static let reference = VectorPicture.Stroke(.role(.accent), width: 1.5, dash: [4, 3])

  /// The middle of a point's pixel, where a line one point wide is sharp.
  static func sharp(_ position: Double) -> Double { position.rounded(.down) + 0.5 }
}

/// The title of a figure and the line below it, each in as many lines as the width asks for.
struct FigureHeading {
  private let title: [String]
  private let subtitle: [String]

  init(title: String, subtitle: String, width: Double) {
    let room = max(1, width - 2 * FigureStyle.margin)
    // A word of bold letters is about a tenth wider.
    self.title = Typeface.wrapped(title, to: room / 1.12, size: FigureStyle.titleSize)
    self.subtitle = Typeface.wrapped(subtitle, to: room, size: FigureStyle.textSize)
  }

  /// From the figure's top to below the heading; 0 without one.
  var height: Double {
    let lines = Double(title.count) * 17 + Double(subtitle.count) * FigureStyle.lineHeight
    return lines > 0 ? lines + FigureStyle.margin : 0
  }

  func draw(on picture: inout VectorPicture, x: Double = FigureStyle.margin) {
    var y = FigureStyle.margin / 2
    for line in title {
      y += 17
      picture.write(line, x: x, y: y - 3, size: FigureStyle.titleSize, isBold: true)
    }
    for line in subtitle {
      y += FigureStyle.lineHeight
      picture.write(line, x: x, y: y - 3, .role(.muted))
    }
  }
}

/// A number for people: so many decimals, a true minus sign, `–` for what is no number.
func figureNumber(_ value: Double, decimals: Int = 2) -> String {
  guard value.isFinite else { return "–" }
  guard abs(value) < 1e6 else { return shortNumber(Float(value)).replacingMinus }
  var factor = 1.0
  for _ in 0..<decimals { factor *= 10 }
  let whole = Int((abs(value) * factor).rounded())
  var digits = String(whole)
  if decimals > 0 {
    digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
  }
  return value < 0 && whole > 0 ? "−" + digits : digits
}

/// A scale's limit for people, as short as ``shortNumber(_:)`` makes it.
func figureNumber(of value: Float) -> String { shortNumber(value).replacingMinus }

extension String {
  fileprivate var replacingMinus: String { hasPrefix("-") ? "−" + dropFirst() : self }
}
