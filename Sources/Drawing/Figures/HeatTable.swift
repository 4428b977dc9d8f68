/// Numbers in cells coloured by value, rows in groups, such as genes of regions by methods.
public struct HeatTable: Figure, Hashable {
  /// One row.
  public struct Row: Sendable, Hashable {
    /// Left of the cells.
    public var name: String
    /// A number a column; one that is not finite is said to be missing.
    public var values: [Double]
    /// Takes the name and the numbers.
    public init(_ name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// Rows that stand together.
  public struct Group: Sendable, Hashable {
    /// Above the rows; empty for none.
    public var name: String
    /// From top to bottom.
    public var rows: [Row]
    /// Takes the name and the rows.
    public init(_ name: String, rows: [Row]) {
      self.name = name
      self.rows = rows
    }
  }

  /// Above the figure.
  public var title: String
  /// Below the title, quieter.
  public var subtitle = ""
  /// What the numbers are.
  public var valueName: String
  /// Above the cells, from left to right.
  public var columns: [String]
  /// From top to bottom.
  public var groups: [Group]
  /// Decimals of the numbers.
  public var decimals = 2
  /// The colours from below zero to above.
  public var ramp = ColorRamp.difference

  /// Takes the names and the groups.
  public init(title: String, valueName: String, columns: [String], groups: [Group]) {
    self.title = title
    self.valueName = valueName
    self.columns = columns
    self.groups = groups
  }

  private static let rowHeight = 20.0

  private static func headingHeight(of group: Group) -> Double { group.name.isEmpty ? 6 : 32 }

  /// The colours, as far below zero as above; 1 where there is no number but zero.
  public var scale: ColorScale {
    let sizes = groups.flatMap(\.rows).flatMap(\.values).filter(\.isFinite).map(abs)
    let largest = Float(min(sizes.max() ?? 0, 1e30))
    return ColorScale(
      ramp: ramp, lower: largest > 0 ? -largest : -1, upper: largest > 0 ? largest : 1)
  }

  /// The rows below one another, column names above and the scale below.
  public func picture(width: Double) -> VectorPicture {
    let margin = FigureStyle.margin
    let names = groups.flatMap(\.rows).map {
      Typeface.width(of: $0.name, size: FigureStyle.textSize)
    }
    let left = margin + min((names.max() ?? 0) + 12, width * 0.3)
    let cell = max(4, min(150, (width - left - margin) / Double(max(1, columns.count))))
    let heading = FigureHeading(title: title, subtitle: subtitle, width: width)
    let rows = groups.reduce(0.0) {
      $0 + Double($1.rows.count) * Self.rowHeight + Self.headingHeight(of: $1)
    }
    let top = heading.height + 20
    var picture = VectorPicture(
      width: width, height: top + rows + 40, title: title, summary: summary)
    heading.draw(on: &picture)
    for (column, name) in columns.enumerated() {
      picture.write(
        Typeface.shortened(name, to: cell - 6, size: FigureStyle.smallSize),
        x: left + (Double(column) + 0.5) * cell, y: top - 6, size: FigureStyle.smallSize,
        anchor: .middle, .role(.muted))
    }
    var y = top
    for group in groups {
      if !group.name.isEmpty {
        picture.write(
          Typeface.shortened(group.name, to: width - 2 * margin, size: 12), x: margin, y: y + 22,
          isBold: true)
      }
      y += Self.headingHeight(of: group)
      for row in group.rows {
        draw(row, y: y, left: left, cell: cell, on: &picture)
        y += Self.rowHeight
      }
    }
    picture.draw(scale, unit: valueName, x: left, y: y + 16, width: width - left - margin)
    return picture
  }

  private func draw(
    _ row: Row, y: Double, left: Double, cell: Double, on picture: inout VectorPicture
  ) {
    let scale = scale
    let name = Typeface.shortened(
      row.name, to: left - FigureStyle.margin - 10, size: FigureStyle.textSize)
    picture.write(name, x: left - 10, y: y + 14, anchor: .end)
    for (column, value) in row.values.prefix(columns.count).enumerated() {
      let x = left + Double(column) * cell
      let color = value.isFinite ? scale.color(of: Float(value)) : nil
      picture.fill(
        x: x + 1, y: y + 1, width: cell - 2, height: Self.rowHeight - 2,
        color.map(Paint.color) ?? Paint.role(.missing).opacity(0.3), cornerRadius: 2)
      picture.write(
        figureNumber(value, decimals: decimals), x: x + cell / 2, y: y + 14,
        size: FigureStyle.smallSize, anchor: .middle,
        color.map { .color($0.contrast) } ?? .role(.muted))
    }
  }

  private var summary: String {
    let parts = groups.prefix(12).map { group in
      "\(group.name): \(group.rows.map(\.name).joined(separator: ", "))"
    }
    return "Table of \(valueName) for \(columns.joined(separator: ", ")). "
      + (parts.isEmpty ? "No rows." : parts.joined(separator: "; ") + ".")
  }
}
