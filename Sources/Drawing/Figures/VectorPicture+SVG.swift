import Foundation
import Images

extension VectorPicture {
  /// How an SVG text is to be used.
  public enum Embedding: Sendable, Hashable {
    /// A file of its own: brings colours for bright and dark surroundings.
    case file
    /// Part of a page that sets the variables `--eosin-text` and so on for each role.
    case page
  }

  /// The picture as SVG 1.1 text.
  ///
  /// Roles become CSS variables with the colours of ``Theme/paper`` as their fallback. Numbers have
  /// two decimals at most. Pixels are embedded as JPEG.
  public func svg(_ embedding: Embedding = .file) -> String {
    var text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width.svg) \(height.svg)\" "
      + "width=\"\(width.svg)\" height=\"\(height.svg)\" role=\"img\" "
      + "font-family=\"\(Self.fontFamily)\">"
    if !title.isEmpty { text += "<title>\(title.escapedForXML)</title>" }
    if !summary.isEmpty { text += "<desc>\(summary.escapedForXML)</desc>" }
    if embedding == .file {
      text += "<style>\(Self.variables)</style>"
      text += "<rect width=\"100%\" height=\"100%\"\(Self.ground)/>"
    }
    text += "\n"
    for shape in shapes { text += shape.svg }
    return text + "</svg>\n"
  }

  /// The roles as CSS variables, for bright surroundings and for dark ones.
  private static let variables =
    ":root{\(Theme.paper.styleVariables)}"
    + "@media (prefers-color-scheme:dark){:root{\(Theme.standard.styleVariables)}}"

  private static let ground = Shape(
    geometry: .polyline([], isClosed: true), fill: .role(.background)
  ).paintAttributes

  private static let fontFamily =
    "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif"
}

extension VectorPicture.Shape {
  fileprivate var svg: String {
    let paints = paintAttributes
    switch geometry {
    case .rectangle(let x, let y, let width, let height, let radius):
      let corner = radius > 0 ? " rx=\"\(radius.svg)\"" : ""
      return "<rect x=\"\(x.svg)\" y=\"\(y.svg)\" width=\"\(max(0, width).svg)\" "
        + "height=\"\(max(0, height).svg)\"\(corner)\(paints)/>\n"
    case .polyline(let points, let isClosed):
      guard points.count > 1 else { return "" }
      return "<path d=\"\(points.svgPath)\(isClosed ? "Z" : "")\"\(paints)/>\n"
    case .discs(let points, let diameter): return svg(discs: points, diameter, paints)
    case .label(let label): return svg(label, paints)
    case .image(let image, let x, let y, let width, let height):
      guard image.width > 0, image.height > 0, let data = try? image.jpegData(quality: 82) else {
        return ""
      }
      return "<image x=\"\(x.svg)\" y=\"\(y.svg)\" width=\"\(width.svg)\" "
        + "height=\"\(height.svg)\" preserveAspectRatio=\"none\" "
        + "href=\"data:image/jpeg;base64,\(data.base64EncodedString())\"/>\n"
    case .cells(let image, let x, let y, let width, let height):
      guard image.width > 0, image.height > 0, let data = try? image.pngData() else { return "" }
      return "<image x=\"\(x.svg)\" y=\"\(y.svg)\" width=\"\(width.svg)\" "
        + "height=\"\(height.svg)\" preserveAspectRatio=\"none\" "
        + "style=\"image-rendering:pixelated\" "
        + "href=\"data:image/png;base64,\(data.base64EncodedString())\"/>\n"
    }
  }

  /// Few discs are circles; many are one path of round-capped points, a tenth as long.
  private func svg(
    discs points: [VectorPicture.Point], _ diameter: Double, _ paints: String
  ) -> String {
    if stroke != nil || points.count < 3 {
      return points.map {
        "<circle cx=\"\($0.x.svg)\" cy=\"\($0.y.svg)\" r=\"\((diameter / 2).svg)\"\(paints)/>\n"
      }.joined()
    }
    guard let fill else { return "" }
    let style = fill.svgVariable("stroke").map { " style=\"\($0)\"" } ?? ""
    return "<path fill=\"none\"\(fill.svg("stroke"))\(style) stroke-linecap=\"round\" "
      + "stroke-width=\"\(diameter.svg)\" d=\"\(points.svgDots)\"/>\n"
  }

  private func svg(_ label: VectorPicture.Label, _ paints: String) -> String {
    var attributes = "x=\"\(label.place.x.svg)\" y=\"\(label.place.y.svg)\""
    attributes += " font-size=\"\(label.size.svg)\""
    if label.isBold { attributes += " font-weight=\"600\"" }
    switch label.anchor {
    case .start: break
    case .middle: attributes += " text-anchor=\"middle\""
    case .end: attributes += " text-anchor=\"end\""
    }
    return "<text \(attributes)\(paints)>\(label.text.escapedForXML)</text>\n"
  }
}

extension VectorPicture.Shape {
  /// Fill and outline as attributes: exact colours, and a style where roles have variables.
  fileprivate var paintAttributes: String {
    var attributes = fill?.svg("fill") ?? " fill=\"none\""
    var variables = [fill?.svgVariable("fill")]
    if let stroke {
      attributes += stroke.paint.svg("stroke")
      if stroke.width != 1 { attributes += " stroke-width=\"\(stroke.width.svg)\"" }
      if !stroke.dash.isEmpty {
        attributes += " stroke-dasharray=\"\(stroke.dash.map(\.svg).joined(separator: " "))\""
      }
      variables.append(stroke.paint.svgVariable("stroke"))
    }
    let style = variables.compactMap(\.self).joined(separator: ";")
    return attributes + (style.isEmpty ? "" : " style=\"\(style)\"")
  }
}

extension Paint {
  /// The paint as an attribute, a role in the colour of bright pages.
  fileprivate func svg(_ name: String) -> String {
    " \(name)=\"\(color(in: .paper).svg)\""
      + (opacity < 1 ? " \(name)-opacity=\"\(opacity.svg)\"" : "")
  }

  /// A role as a variable for a style, which programs that know none leave unread.
  fileprivate func svgVariable(_ name: String) -> String? {
    guard case .role(let role) = source else { return nil }
    return "\(name):var(--eosin-\(role.fileName),\(color(in: .paper).svg))"
  }
}

extension Theme {
  /// The colours of all roles as CSS variables, such as `--eosin-text:#2a2333`.
  public var styleVariables: String {
    Role.allCases.map { "--eosin-\($0.fileName):\(exactColor(of: $0).svg)" }
      .joined(separator: ";")
  }
}

extension Color {
  /// `#rrggbb`.
  var svg: String {
    let digits = String(value, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

extension Double {
  /// Two decimals at most, never an exponent; what is no number is 0.
  var svg: String {
    let hundredths = abs(self) < 1e15 ? Int((self * 100).rounded()) : 0
    let size = abs(hundredths)
    var text = hundredths < 0 ? "-\(size / 100)" : "\(size / 100)"
    let rest = size % 100
    if rest > 0 {
      text += rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    }
    return text
  }
}

extension [VectorPicture.Point] {
  fileprivate var svgPath: String {
    "M" + map { "\($0.x.svg) \($0.y.svg)" }.joined(separator: "L")
  }

  /// Each point as a line of no length from the one before, which round caps make a disc.
  fileprivate var svgDots: String {
    // Steps between rounded places, so that roundings do not add up.
    var (lastX, lastY) = (0.0, 0.0)
    var path = ""
    for point in self {
      let (x, y) = ((point.x * 10).rounded() / 10, (point.y * 10).rounded() / 10)
      let (stepX, stepY) = ((x - lastX).svg, (y - lastY).svg)
      path += "m\(stepX)\(stepY.hasPrefix("-") ? "" : " ")\(stepY)h0"
      (lastX, lastY) = (x, y)
    }
    return path
  }
}

extension String {
  /// The text between tags or in an attribute; characters that XML does not allow are left out.
  public var escapedForXML: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      case "\t", "\n", "\r": text += " "
      default:
        let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
        if isAllowed && !(0x7F...0x9F).contains(scalar.value) { text.unicodeScalars.append(scalar) }
      }
    }
    return text
  }
}
