import Drawing

/// Text of a page: what is put in is escaped unless it is markup already.
struct Markup: Sendable, ExpressibleByStringInterpolation {
  /// What stands in the file.
  private(set) var text: String

  init(stringLiteral text: String) { self.text = text }
  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
  /// Takes what was made elsewhere, such as SVG, as it is.
  init(verbatim text: String) { self.text = text }

  /// Literal parts are markup; values are escaped.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }
    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      text += value.description.escapedForXML
    }
    mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
    mutating func appendInterpolation(_ parts: [Markup]) {
      for part in parts { text += part.text }
    }
  }

  static func + (first: Markup, second: Markup) -> Markup {
    Markup(verbatim: first.text + second.text)
  }
}
