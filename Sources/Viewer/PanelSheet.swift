import Drawing
import Images

/// Where panels are in a picture: rows and columns, each with a title above and a legend below.
struct PanelSheet {
  let columns: Int
  let panelWidth: Int
  let panelHeight: Int
  /// Of each row of panels.
  let legendHeights: [Int]
  /// Above everything.
  var top = margin

  static let margin = 16
  static let titleHeight = Lettering.rows + 8

  /// Panels of a size, in so many columns.
  ///
  /// - Parameter legendRows: lines below each row of panels.
  init(columns: Int, panelWidth: Int, panelHeight: Int, legendRows: [Int]) {
    self.columns = columns
    self.panelWidth = panelWidth
    self.panelHeight = panelHeight
    legendHeights = legendRows.map { $0 * (Lettering.rows + 4) + 8 }
  }

  /// Panels of a width, as high as fit; nil where one would be lower or narrower than its title.
  ///
  /// - Parameter greatest: the most that a panel has use for; what is left over is above and below.
  init?(
    columns: Int, panelWidth: Int, filling height: Int, greatest: Int, legendRows: [Int]
  ) {
    let least = PanelSheet(
      columns: columns, panelWidth: panelWidth, panelHeight: 0, legendRows: legendRows)
    let panelHeight = min(greatest, (height - least.height) / max(1, legendRows.count))
    guard panelWidth >= 2 * Lettering.rows, panelHeight >= 2 * Lettering.rows else { return nil }
    self.init(
      columns: columns, panelWidth: panelWidth, panelHeight: panelHeight, legendRows: legendRows)
    top += (height - self.height) / 2
  }

  /// How wide each of some columns may be.
  static func panelWidth(columns: Int, in width: Int) -> Int {
    (width - margin) / columns - margin
  }

  /// What lines below all panels take, with the margin below them.
  static func captionHeight(lines: Int) -> Int { lines * (Lettering.rows + 4) + margin }

  var width: Int { Self.margin + columns * (panelWidth + Self.margin) }

  /// With the margin above, without a caption and the margin below it.
  var height: Int {
    Self.margin + legendHeights.reduce(0, +)
      + legendHeights.count * (Self.titleHeight + panelHeight)
  }

  /// Where a panel's spots are drawn.
  func body(_ place: Int) -> PixelRectangle {
    let row = place / columns
    return PixelRectangle(
      x: Self.margin + place % columns * (panelWidth + Self.margin),
      y: top + legendHeights.prefix(row).reduce(0, +) + row * (Self.titleHeight + panelHeight)
        + Self.titleHeight, width: panelWidth, height: panelHeight)
  }
}
