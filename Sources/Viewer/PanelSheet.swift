import Drawing
import Images

/// Where panels are in a picture: rows and columns, each with a title above and a legend below.
struct PanelSheet {
  let columns: Int
  let rows: Int
  let panelWidth: Int
  let panelHeight: Int
  let legendHeight: Int

  static let margin = 16
  static let titleHeight = Lettering.rows + 8

  /// Panels of a size, in so many columns.
  init(panels: Int, columns: Int, panelWidth: Int, panelHeight: Int, legendRows: Int) {
    self.columns = columns
    rows = (panels + columns - 1) / max(1, columns)
    self.panelWidth = panelWidth
    self.panelHeight = panelHeight
    legendHeight = legendRows * (Lettering.rows + 4) + 8
  }

  /// Panels of a width, as high as fit; nil where one would be lower or narrower than its title.
  init?(panels: Int, columns: Int, panelWidth: Int, filling height: Int, legendRows: Int) {
    let rows = (panels + columns - 1) / max(1, columns)
    let legendHeight = legendRows * (Lettering.rows + 4) + 8
    let room = height - Self.margin
    let panelHeight = room / max(1, rows) - Self.titleHeight - legendHeight
    guard panels > 0, panelWidth >= 2 * Lettering.rows, panelHeight >= 2 * Lettering.rows else {
      return nil
    }
    self.init(
      panels: panels, columns: columns, panelWidth: panelWidth, panelHeight: panelHeight,
      legendRows: legendRows)
  }

  /// How wide each of some columns may be.
  static func panelWidth(columns: Int, in width: Int) -> Int {
    (width - margin) / columns - margin
  }

  /// What lines below all panels take, with the margin below them.
  static func captionHeight(lines: Int) -> Int { lines * (Lettering.rows + 4) + margin }

  var width: Int { Self.margin + columns * (panelWidth + Self.margin) }

  /// Without a caption and the margin below it.
  var height: Int { Self.margin + rows * rowHeight }

  private var rowHeight: Int { Self.titleHeight + panelHeight + legendHeight }

  /// Where a panel's spots are drawn.
  func body(_ place: Int) -> PixelRectangle {
    PixelRectangle(
      x: Self.margin + place % columns * (panelWidth + Self.margin),
      y: Self.margin + place / columns * rowHeight + Self.titleHeight, width: panelWidth,
      height: panelHeight)
  }
}
