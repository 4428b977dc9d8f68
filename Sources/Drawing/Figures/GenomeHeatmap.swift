import Images

/// Spots in groups by places along the genome, coloured from losses to gains.
public struct GenomeHeatmap: Figure, Hashable {
  /// Columns of one chromosome.
  public struct Chromosome: Sendable, Hashable {
    /// Below the columns, where there is room.
    public var name: String
    /// The chromosome's columns; those of all follow one another.
    public var columns: Range<Int>
    /// Takes both.
    public init(_ name: String, columns: Range<Int>) {
      self.name = name
      self.columns = columns
    }
  }

  /// Rows that stand together.
  public struct Group: Sendable, Hashable {
    /// Left of the rows.
    public var name: String
    /// Of the strip before the rows.
    public var color: Color
    /// Indices of the rows among all, from top to bottom.
    public var rows: [Int]
    /// Takes all three.
    public init(_ name: String, color: Color, rows: [Int]) {
      self.name = name
      self.color = color
      self.rows = rows
    }
  }

  /// Above the figure.
  public var title: String
  /// Below the title, quieter.
  public var subtitle = ""
  /// What the colours are.
  public var valueName: String
  /// From left to right.
  public var chromosomes: [Chromosome]
  /// From top to bottom.
  public var groups: [Group]
  /// `[rows, columns]`, row by row; a value that is not finite is missing.
  public var values: [Float]
  /// The colours from below zero to above.
  public var ramp = ColorRamp.difference
  /// The height of all rows in points.
  public var plotHeight = 320.0

  /// Takes what is shown.
  public init(
    title: String, valueName: String, chromosomes: [Chromosome], groups: [Group], values: [Float]
  ) {
    self.title = title
    self.valueName = valueName
    self.chromosomes = chromosomes
    self.groups = groups.filter { !$0.rows.isEmpty }
    self.values = values
  }

  /// Columns a row.
  var columnCount: Int { chromosomes.last?.columns.upperBound ?? 0 }

  /// As far below zero as above, to the 99th percentile of the sizes; 1 where all is zero.
  public var scale: ColorScale {
    let sizes = values.filter { $0.isFinite && $0 != 0 }.map(abs)
    let limit = ValueLimits.zero.limits(of: sizes).upper
    let shown = sizes.isEmpty || limit <= 0 ? 1 : limit
    return ColorScale(ramp: ramp, lower: -shown, upper: shown)
  }

  /// The mean of each of `width` by `height` parts of a group's rows; NaN where all is missing.
  ///
  /// No part is smaller than one row or one column.
  func means(of group: Group, width: Int, height: Int) -> (means: [Float], width: Int, height: Int)
  {
    let (columns, rows) = (columnCount, group.rows.count)
    let (width, height) = (min(width, columns), min(height, rows))
    var means: [Float] = []
    means.reserveCapacity(width * height)
    for part in 0..<height {
      let chosen = group.rows[rows * part / height..<rows * (part + 1) / height]
      for place in 0..<width {
        let span = columns * place / width..<columns * (place + 1) / width
        var (sum, count) = (0.0, 0)
        for row in chosen {
          for column in span where values[row * columns + column].isFinite {
            sum += Double(values[row * columns + column])
            count += 1
          }
        }
        means.append(count > 0 ? Float(sum / Double(count)) : .nan)
      }
    }
    return (means, width, height)
  }

  // MARK: Picture

  private static let gap = 3.0
  private static let strip = 7.0

  /// The groups below one another, chromosomes parted by lines, names and the scale below.
  public func picture(width: Double) -> VectorPicture {
    let margin = FigureStyle.margin
    let names = groups.map { Typeface.width(of: $0.name, size: FigureStyle.smallSize) }.max() ?? 0
    let left = margin + min(names, width * 0.22) + 8 + Self.strip + 2
    let plotWidth = max(20, width - left - margin)
    let heading = FigureHeading(title: title, subtitle: subtitle, width: width)
    let top = max(heading.height, margin) + 4
    let heights = groupHeights
    let gaps = Self.gap * Double(max(0, groups.count - 1))
    let bottom = top + (groups.isEmpty ? 20 : heights.reduce(gaps, +))
    var picture = VectorPicture(
      width: width, height: bottom + 52, title: title, summary: summary)
    heading.draw(on: &picture)
    if groups.isEmpty || columnCount == 0 {
      picture.write("no spots", x: left, y: top + 12, .role(.muted))
    }
    var y = top
    for (group, height) in zip(groups, heights) {
      draw(group, x: left, y: y, width: plotWidth, height: height, on: &picture)
      y += height + Self.gap
    }
    drawChromosomes(x: left, top: top, width: plotWidth, bottom: bottom, on: &picture)
    picture.draw(scale, unit: valueName, x: left, y: bottom + 28, width: plotWidth)
    return picture
  }

  /// By their rows, each high enough for its name.
  private var groupHeights: [Double] {
    let rows = groups.reduce(0) { $0 + $1.rows.count }
    return groups.map {
      max(13, (plotHeight * Double($0.rows.count) / Double(max(1, rows))).rounded())
    }
  }

  private func draw(
    _ group: Group, x: Double, y: Double, width: Double, height: Double,
    on picture: inout VectorPicture
  ) {
    let strip = x - Self.strip - 2
    let room = strip - 8 - FigureStyle.margin
    picture.write(
      Typeface.shortened(group.name, to: room, size: FigureStyle.smallSize), x: strip - 6,
      y: y + height / 2 + 3.5, size: FigureStyle.smallSize, anchor: .end)
    picture.fill(x: strip, y: y, width: Self.strip, height: height, .color(group.color))
    guard columnCount > 0 else { return }
    // Two pixels a point are as fine as pictures are written.
    let part = means(of: group, width: Int(width * 2), height: Int(height * 2))
    let scale = scale
    var image = RGBImage(width: part.width, height: part.height)
    for (place, mean) in part.means.enumerated() {
      let color = scale.color(of: mean) ?? Theme.paper.exactColor(of: .missing)
      image[place % part.width, place / part.width] = (color.red, color.green, color.blue)
    }
    picture.add(.cells(image, x: x, y: y, width: width, height: height))
  }

  private func drawChromosomes(
    x: Double, top: Double, width: Double, bottom: Double, on picture: inout VectorPicture
  ) {
    func place(_ column: Int) -> Double {
      x + width * Double(column) / Double(max(1, columnCount))
    }
    let line = VectorPicture.Stroke(.color(Color(0x000000)), width: 0.7)
    for chromosome in chromosomes.dropFirst() where !groups.isEmpty {
      let x = place(chromosome.columns.lowerBound)
      picture.line(x, top, to: x, bottom, line)
    }
    var free = -Double.infinity
    for chromosome in chromosomes {
      let middle = (place(chromosome.columns.lowerBound) + place(chromosome.columns.upperBound)) / 2
      let half = Typeface.width(of: chromosome.name, size: FigureStyle.smallSize) / 2
      guard middle - half > free else { continue }
      picture.write(
        chromosome.name, x: middle, y: bottom + 14, size: FigureStyle.smallSize, anchor: .middle,
        .role(.muted))
      free = middle + half + 4
    }
  }

  private var summary: String {
    let parts = groups.prefix(24).map { "\($0.name) \($0.rows.count)" }
    return "Heatmap of \(valueName) along \(chromosomes.count) chromosomes, spots of each group: "
      + (parts.isEmpty ? "none" : parts.joined(separator: ", ")) + "."
  }
}
