import Drawing

/// A line about where numbers come from.
struct OriginLine: Sendable, Hashable {
  /// What it is about; empty for a sentence of its own.
  var label = ""
  var text: String
  var role = Role.overlayText
  var isHeading = false
  /// Whether its spaces align it with the lines around it, so that it is not wrapped.
  var isAligned = false
  /// Where the text begins once lines are wrapped.
  var indent = 0

  static func heading(_ text: String) -> OriginLine {
    OriginLine(text: text, role: .accent, isHeading: true)
  }

  /// The lines in a width: labels in a column of their own, or above what they say where that would
  /// leave too little room.
  static func wrapped(_ lines: [OriginLine], width: Int) -> [OriginLine] {
    let labels = min((lines.map(\.label.columns).max() ?? 0) + 2, 14)
    let indent = width - labels >= 20 ? labels : 2
    return lines.flatMap { line -> [OriginLine] in
      guard !line.label.isEmpty else {
        return line.text.isEmpty
          ? [line]
          : line.text.wrapped(to: max(1, width)).map { text in
            var part = line
            part.text = text
            return part
          }
      }
      let texts =
        line.isAligned
        ? [line.text.shortened(to: max(1, width - indent))]
        : line.text.wrapped(to: max(1, width - indent))
      var parts = (texts.isEmpty ? [""] : texts).map { text in
        OriginLine(text: text, role: line.role, indent: indent)
      }
      let label = line.label.shortened(to: max(1, (indent > 2 ? indent : width) - 1))
      if indent > 2 {
        parts[0].label = label
      } else {
        parts.insert(OriginLine(label: label, text: ""), at: 0)
      }
      return parts
    }
  }
}
