import Drawing
import Foundation
import Sections
import Workbench

extension ViewerState {
  /// The panels side by side: each the same part of the section, with the same spot marked.
  func drawPanels(_ layout: Layout, _ section: LoadedSection, on frame: inout Frame) {
    drawPanelSeparators(layout, on: &frame)
    let contents = contents(of: layout.panels.map(\.kind), section)
    for (panel, content) in zip(layout.panels, contents) {
      guard !panel.body.isEmpty else { continue }
      frame.addZone(panel.body, .panel(panel.kind))
      let view = viewport(
        columns: panel.body.columns, rows: panel.body.rows, layout: section.layout)
      let raster = rasters.raster(
        of: content.layout ?? section.layout, viewport: view, width: panel.body.columns,
        height: panel.body.rows * 2,
        style: content.showsTissue ? .outlines(radius: spotRadius(section)) : .automatic)
      drawTitle(of: panel, content, on: &frame)
      draw(content, panel, raster, section, on: &frame)
    }
  }

  // MARK: One panel

  private func draw(
    _ content: PanelContent, _ panel: Layout.Panel, _ raster: SpotRaster, _ section: LoadedSection,
    on frame: inout Frame
  ) {
    if let notice = content.notice {
      draw(notice, in: panel.body, on: &frame)
      return
    }
    if let plot = content.plot {
      draw(plot, in: panel.body, on: &frame)
      drawKey(content, panel, raster, on: &frame)
      return
    }
    let layout = content.layout ?? section.layout
    if usesSigns, let shares = content.shares {
      drawSigns(shares, raster, in: panel.body, on: &frame)
      drawCursor(content, section, raster, in: panel.body, on: &frame)
      drawKey(content, panel, raster, on: &frame)
      return
    }
    frame.canvas.draw(
      raster, inks: inks(of: content, raster), over: content.showsTissue ? underlay : nil,
      in: panel.body)
    if let marks = content.marks, raster.pointsPerPitch >= 1 {
      frame.canvas.draw(
        marks: marks, of: layout, raster: raster, inks: content.inks, in: panel.body)
    }
    drawCursor(content, section, raster, in: panel.body, on: &frame)
    drawKey(content, panel, raster, on: &frame)
    if let caution = content.caution {
      let line = " \(caution.shortened(to: max(0, panel.body.columns - 2))) "
      frame.canvas.write(
        line, column: panel.body.column + max(0, (panel.body.columns - line.columns) / 2),
        row: panel.body.maxRow - 1, width: panel.body.columns, ink: .role(.failure),
        ground: .role(.background))
    }
  }

  /// The spots' colours; where they are outlines on the image alone the chosen one stands out.
  func inks(of content: PanelContent, _ raster: SpotRaster) -> [Ink?] {
    guard raster.isOutlined, let outline = content.outline else { return content.inks }
    var inks: [Ink?] = Array(repeating: outline, count: content.inks.count)
    if let spot, inks.indices.contains(spot) { inks[spot] = .role(.cursor) }
    return inks
  }

  private func drawKey(
    _ content: PanelContent, _ panel: Layout.Panel, _ raster: SpotRaster, on frame: inout Frame
  ) {
    switch content.key {
    case .scale(let scale) where usesSigns && content.shares != nil:
      let bar = panel.footer.splitTop(1).top.insetSides(by: 1)
      frame.canvas.write(
        "− below  · near 0  + above  ± \(shortNumber(scale.upper))", column: bar.column,
        row: bar.row, width: bar.rows > 0 ? bar.columns : 0, ink: .role(.muted))
    case .scale(let scale):
      drawScale(scale, unit: content.unit ?? limits.rawValue, in: panel.footer, on: &frame)
    case .legend(let entries): drawLegend(entries, in: panel.footer, on: &frame)
    case .length: drawScaleBar(raster, in: panel.footer, on: &frame)
    case .words(let text):
      guard panel.footer.rows > 0 else { return }
      frame.canvas.write(
        text, column: panel.footer.column + 1, row: panel.footer.row,
        width: panel.footer.columns - 1, ink: .role(.muted))
    }
  }

  /// A sign in every cell of the section: what its spots have in the mean.
  private func drawSigns(
    _ shares: [Float], _ raster: SpotRaster, in body: Rectangle, on frame: inout Frame
  ) {
    for row in 0..<body.rows {
      for column in 0..<body.columns {
        let spots = [
          raster.spot(atX: column, y: 2 * row), raster.spot(atX: column, y: 2 * row + 1),
        ]
        .compactMap(\.self)
        guard !spots.isEmpty else { continue }
        let mean = spots.reduce(0) { $0 + shares[$1] } / Float(spots.count)
        frame.canvas.write(
          Self.sign(ofShare: mean), column: body.column + column, row: body.row + row,
          ink: .role(abs(mean) < 0.25 ? .muted : .text), style: abs(mean) < 0.75 ? [] : .bold)
      }
    }
  }

  /// The sign of a value, a point for those near zero; nothing where there is no value.
  private static func sign(ofShare share: Float) -> String {
    share.isNaN ? " " : share > 0.25 ? "+" : share < -0.25 ? "−" : "·"
  }

  /// A sentence in the middle of a panel; while something is being done, how far it is.
  func draw(_ notice: Notice, in body: Rectangle, on frame: inout Frame) {
    let width = max(1, min(body.columns - 4, 48))
    var lines = notice.text.wrapped(to: width).map {
      ($0, notice.isFailure ? Role.failure : .muted)
    }
    if let progress = notice.progress {
      // As wide whatever is said below it, so that nothing moves while it fills.
      let percent = "\(Int(progress * 100)) %".fitted(to: 6, alignedRight: true)
      let bar = max(0, min(width, 30) - percent.count)
      let full = eighths(of: bar, share: progress)
      let rest = String(repeating: "·", count: bar - full.columns)
      lines.insert((full + rest + percent, .accent), at: 0)
    }
    if let hint = notice.hint {
      lines += hint.wrapped(to: width).map { ($0, .muted) }
    }
    let first = body.row + max(0, (body.rows - lines.count) / 2)
    for (index, line) in lines.enumerated() where first + index < body.maxRow {
      frame.canvas.write(
        line.0, column: body.column + max(0, (body.columns - line.0.columns) / 2),
        row: first + index, width: body.columns, ink: .role(line.1))
    }
  }

  private func drawScale(
    _ scale: ColorScale, unit: String, in footer: Rectangle, on frame: inout Frame
  ) {
    guard footer.rows > 0 else { return }
    var bar = footer.splitTop(1).top.insetSides(by: 1)
    let unit = " " + unit
    if bar.columns > 26 + unit.columns {
      frame.canvas.write(
        unit, column: bar.maxColumn - unit.columns, row: bar.row, ink: .role(.muted))
      bar.columns -= unit.columns
    }
    bar.columns = min(bar.columns, 48)
    frame.canvas.draw(scale, in: bar)
    frame.addZone(footer, .command(.nextLimits))
  }

  /// Marks the chosen spot, and the one that the panel is about where that is another.
  private func drawCursor(
    _ content: PanelContent, _ section: LoadedSection, _ raster: SpotRaster, in body: Rectangle,
    on frame: inout Frame
  ) {
    if let target = content.target, target != spot {
      mark(target, "◇", content, section, raster, in: body, on: &frame)
    }
    if let spot { mark(spot, "◆", content, section, raster, in: body, on: &frame) }
  }

  private func mark(
    _ spot: Int, _ glyph: Unicode.Scalar, _ content: PanelContent, _ section: LoadedSection,
    _ raster: SpotRaster, in body: Rectangle, on frame: inout Frame
  ) {
    guard
      let cell = frame.canvas.cell(ofSpot: spot, section.layout, raster, in: body)
    else { return }
    let below = frame.canvas[cell.column, cell.row]
    let ink = content.layout == nil && !raster.isOutlined ? content.inks[spot] : nil
    let ground = ink ?? (below.glyph == "▀" ? below.ink : below.ground)
    let isBright = (ground.color?.brightness ?? 0) > 140
    frame.canvas[cell.column, cell.row] = Cell(
      glyph, ink: isBright ? .color(Color(0)) : .role(.cursor), ground: ground, style: .bold)
  }

  // MARK: Titles

  private func drawTitle(
    of panel: Layout.Panel, _ content: PanelContent, on frame: inout Frame
  ) {
    let hasFocus = focus == .panel(panel.kind)
    let row = panel.title.row
    for column in panel.title.column..<panel.title.maxColumn {
      frame.canvas.write("─", column: column, row: row, ink: .role(.border))
    }
    let room = panel.title.columns - 1
    var name = content.name
    if let fact = content.facts.first {
      for short in content.shortNames where name.columns + fact.columns + 5 > panel.title.columns {
        name = short
      }
    }
    var column = frame.canvas.write(
      " \(name) ".shortened(to: room), column: panel.title.column, row: row,
      ink: .role(hasFocus ? .accent : .title), style: .bold)
    // Facts go from the end when there is no room for all.
    var shown = content.facts
    while !shown.isEmpty,
      shown.joined(separator: " · ").columns + 3 > panel.title.maxColumn - column
    {
      let last = shown.removeLast()
      if let shorter = content.shorterFacts[last] { shown.append(shorter) }
    }
    if !shown.isEmpty {
      column = frame.canvas.write(
        "· " + shown.joined(separator: " · ") + " ", column: column, row: row, ink: .role(.muted))
    }
    frame.addZone(panel.title, .panelTitle(panel.kind))
  }

  // MARK: Legends

  /// The rows that the largest legend of some panels wants, by the width there is.
  func legendRows(of kinds: [PanelKind]) -> (_ columns: Int) -> Int {
    // Layouts ask for many widths: what does not depend on them is found out once.
    let widths = kinds.map { kind in
      switch kind {
      case .image, .observed, .method, .difference, .scatter, .drivers: [Int]()
      case .clusters, .methodClusters: clusterLegend(of: kind).map(\.columns)
      case .tumour: tumourLegend.map(\.columns)
      case .labels: labelLegend.map(\.columns)
      }
    }
    return { columns in
      widths.map { places(ofWidths: $0, columns: columns, rows: .max).last?.row ?? 0 }.max()
        .map { $0 + 1 } ?? 1
    }
  }

  /// Where the entries of a legend go: one after the other, or in columns of shortened names when
  /// that would take more than `rows`.
  private func places(
    ofWidths widths: [Int], columns: Int, rows: Int
  ) -> [(column: Int, row: Int, width: Int)] {
    var places: [(column: Int, row: Int, width: Int)] = []
    var (column, row) = (1, 0)
    for width in widths {
      if column + width > columns + 1, column > 1 { (column, row) = (1, row + 1) }
      places.append((column, row, width))
      column += width
    }
    guard let last = places.last, last.row >= rows, rows > 0 else { return places }
    let across = (widths.count + rows - 1) / rows
    let width = max(5, (columns - 1) / across)
    return widths.indices.map { (1 + $0 % across * width, $0 / across, width) }
  }

  private func drawLegend(_ entries: [LegendEntry], in area: Rectangle, on frame: inout Frame) {
    let places = places(
      ofWidths: entries.map(\.columns), columns: area.columns, rows: area.rows)
    for (entry, place) in zip(entries, places) where place.row < area.rows {
      let ink = Ink.color(entry.color.brightness > 120 ? Color(0) : Color(0xFFFFFF))
      let row = area.row + place.row
      let end = frame.canvas.write(
        " \(entry.letter) ", column: area.column + place.column, row: row, ink: ink,
        ground: .color(entry.color), style: .bold)
      frame.canvas.write(
        entry.name.shortened(to: place.width - 5), column: end + 1, row: row,
        width: area.maxColumn - end - 1, ink: .role(.muted))
    }
  }

  /// A length in image pixels: how large a pixel is in the tissue is not known.
  /// A bar of a round length, in micrometres where the image tells how large its pixels are.
  private func drawScaleBar(
    _ raster: SpotRaster, in area: Rectangle, on frame: inout Frame
  ) {
    guard area.rows > 0 else { return }
    let microns = loaded?.section.image?.pixelSizeMicrons
    let unitsPerPoint = raster.viewport.scale * (microns ?? 1)
    let lengths = [1.0, 10, 100, 1000, 10_000].flatMap { [$0, 2 * $0, 5 * $0] }
    let columns = { (length: Double) in length / unitsPerPoint }
    guard let length = lengths.last(where: { columns($0) <= Double(area.columns / 3) }),
      columns(length) >= 1.5
    else { return }
    let bar = String(repeating: "━", count: Int(columns(length).rounded()))
    frame.canvas.write(
      "\(bar) \(Int(length).grouped) \(microns == nil ? "px" : "µm")", column: area.column + 1,
      row: area.row, width: area.columns - 2, ink: .role(.muted))
  }

  private func drawPanelSeparators(_ layout: Layout, on frame: inout Frame) {
    let right = layout.panels.map(\.title.maxColumn).max() ?? 0
    for panel in layout.panels where panel.title.maxColumn < right {
      for row in panel.title.row..<panel.footer.maxRow {
        frame.canvas.write("│", column: panel.title.maxColumn, row: row, ink: .role(.border))
      }
    }
  }
}

extension Rectangle {
  fileprivate func insetSides(by amount: Int) -> Rectangle {
    Rectangle(column: column + amount, row: row, columns: columns - 2 * amount, rows: rows)
  }
}
