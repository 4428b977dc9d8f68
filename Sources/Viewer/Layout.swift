import Drawing

/// Where everything is on a screen of a given size.
struct Layout: Sendable, Hashable {
  /// A panel's whole place and, inside it, where its spots are drawn and its legend.
  struct Panel: Sendable, Hashable {
    var kind: PanelKind
    var title: Rectangle
    var body: Rectangle
    var footer: Rectangle
  }

  var top: Rectangle
  var genes: Rectangle
  var inspector: Rectangle
  var panels: [Panel]
  /// The room for all panels.
  var stageColumns, stageRows: Int
  var status: Rectangle
  var help: Rectangle

  /// Below this there is no room for even one panel and a line of text.
  static let smallest = (columns: 36, rows: 9)

  /// - Parameters:
  ///   - aspect: width over height of the section as it is drawn.
  ///   - listsGenes: whether there is a list of genes on the left, where the screen has room for it.
  ///   - footerRows: rows that the panels' legends need for a given width.
  init(
    columns: Int, rows: Int, panels kinds: [PanelKind], aspect: Double, inspectorRows: Int = 10,
    listsGenes: Bool = true, footerRows: (_ columns: Int) -> Int
  ) {
    var rest = Rectangle(column: 0, row: 0, columns: columns, rows: rows)
    (top, rest) = rest.splitTop(1)
    (help, rest) = rest.splitBottom(1)
    (status, rest) = rest.splitBottom(1)
    let listColumns = listsGenes && columns >= 64 ? min(max(columns * 26 / 100, 24), 36) : 0
    var left: Rectangle
    (left, rest) = rest.splitLeft(listColumns)
    (inspector, left) = left.splitBottom(left.rows >= inspectorRows + 6 ? inspectorRows : 0)
    genes = left
    if listColumns > 0 { rest = rest.splitLeft(1).rest }
    (stageColumns, stageRows) = (rest.columns, rest.rows)
    panels = Self.arrange(kinds, in: rest, aspect: aspect, footerRows: footerRows)
  }

  /// Arranges the panels in another place.
  mutating func fill(
    _ area: Rectangle, with kinds: [PanelKind], aspect: Double, footerRows: (Int) -> Int
  ) {
    panels = Self.arrange(kinds, in: area, aspect: aspect, footerRows: footerRows)
  }

  /// Gives each panel the same room, in the grid that shows the section largest.
  private static func arrange(
    _ kinds: [PanelKind], in area: Rectangle, aspect: Double, footerRows: (Int) -> Int
  ) -> [Panel] {
    guard !kinds.isEmpty else { return [] }
    func size(across: Int) -> (columns: Int, rows: Int, footer: Int) {
      let down = (kinds.count + across - 1) / across
      let columns = (area.columns - (across - 1)) / across
      let rows = area.rows / down
      return (columns, rows, min(footerRows(columns), max(1, rows / 5)))
    }
    /// How large the section comes out: its width in points.
    func fit(across: Int) -> Double {
      let (columns, rows, footer) = size(across: across)
      let size = min(Double(columns), Double((rows - 1 - footer) * 2) * aspect)
      // Titles and legends want some room beside each other.
      return columns < 30 ? size * 0.75 : size
    }
    let across = (1...kinds.count).max { fit(across: $0) < fit(across: $1) } ?? 1
    let (columns, rows, footer) = size(across: across)
    return kinds.enumerated().map { place, kind in
      // The last of a row takes what is left of it.
      let isLast = place == kinds.count - 1 || (place + 1).isMultiple(of: across)
      let left = area.column + (place % across) * (columns + 1)
      var whole = Rectangle(
        column: left, row: area.row + (place / across) * rows,
        columns: isLast ? area.maxColumn - left : columns, rows: rows)
      var panel = Panel(kind: kind, title: whole, body: whole, footer: whole)
      (panel.title, whole) = whole.splitTop(1)
      (panel.footer, panel.body) = whole.splitBottom(footer)
      return panel
    }
  }
}
