import Drawing

/// One drawn screen: the canvas, and what a click in each part of it means.
public struct Frame: Sendable {
  /// What is drawn, as large as the terminal.
  public var canvas: Canvas
  /// Later zones lie above earlier ones.
  private(set) var zones: [(area: Rectangle, action: ZoneAction)] = []

  init(columns: Int, rows: Int) {
    canvas = Canvas(columns: columns, rows: rows)
  }

  mutating func addZone(_ area: Rectangle, _ action: ZoneAction) {
    zones.append((area, action))
  }

  /// What lies at a cell, the topmost first.
  func action(column: Int, row: Int) -> (area: Rectangle, action: ZoneAction)? {
    zones.last { $0.area.contains(column: column, row: row) }
  }
}

/// What a click in a zone does.
enum ZoneAction: Sendable, Hashable {
  case command(Command)
  case gene(Int)
  case geneList
  /// The body of a panel: its spots are as a raster of this size shows them.
  case panel(PanelKind)
  /// A panel's title: gives it all the room, or shares it again.
  case panelTitle(PanelKind)
  case overlayLine(Int)
  /// A heading of the table of genes, by the column's place.
  case geneColumn(Int)
  /// A cell of the table of scores: a section or, after the last, the means; and a method.
  case score(row: Int, method: String)
  /// Swallows the click, such as an overlay's frame.
  case nothing
}
