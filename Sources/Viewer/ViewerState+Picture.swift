import Drawing
import Images
import Sections
import Workbench

extension ViewerState {
  /// Draws the visible panels as a picture, side by side, titles above and legends below.
  ///
  /// - Parameter panelSide: width and height of each panel's body in pixels.
  public func picture(panelSide: Int) -> RGBImage? {
    guard let loaded else { return nil }
    let kinds = visiblePanels
    let sheet = PanelSheet(
      columns: kinds.count, panelWidth: panelSide, panelHeight: panelSide,
      legendRows: legendRows(inColumns: kinds.count, panelWidth: panelSide))
    let width = sheet.width
    return picture(
      sheet, loaded, width: width,
      height: sheet.height + PanelSheet.captionHeight(lines: captionLines(width).count))
  }

  /// Draws the visible panels in as many rows as make them largest, in a picture of the size given.
  ///
  /// Nil where there is no room for them.
  public func picture(width: Int, height: Int) -> RGBImage? {
    guard let loaded else { return nil }
    let kinds = visiblePanels
    let room = height - PanelSheet.captionHeight(lines: captionLines(width).count)
    let layout = loaded.layout
    let spanX = max(layout.maxX - layout.minX + 1.4 * layout.pitch, 1)
    let spanY = max(layout.maxY - layout.minY + 1.4 * layout.pitch, 1)
    let sheets = (1...max(1, kinds.count)).compactMap { columns in
      let panelWidth = PanelSheet.panelWidth(columns: columns, in: width)
      // The whole section has its own shape; what is zoomed in fills all there is.
      let needed = viewport == nil ? Int((Double(panelWidth) * spanY / spanX).rounded(.up)) : .max
      return PanelSheet(
        columns: columns, panelWidth: panelWidth, filling: room, greatest: needed,
        legendRows: legendRows(inColumns: columns, panelWidth: panelWidth))
    }
    func scale(_ sheet: PanelSheet) -> Double {
      min(Double(sheet.panelWidth) / spanX, Double(sheet.panelHeight) / spanY)
    }
    guard let best = sheets.max(by: { scale($0) < scale($1) }) else { return nil }
    return picture(best, loaded, width: width, height: height)
  }

  /// The lines that legends take below each row of panels.
  private func legendRows(inColumns columns: Int, panelWidth: Int) -> [Int] {
    let kinds = visiblePanels
    return stride(from: 0, to: kinds.count, by: max(1, columns)).map { start in
      let row = Array(kinds[start..<min(start + max(1, columns), kinds.count)])
      return legendRows(of: row)(max(1, panelWidth / Lettering.columns))
    }
  }

  private func captionLines(_ width: Int) -> [String] {
    (protocolCaption ?? "").wrapped(to: max(1, (width - 2 * PanelSheet.margin) / Lettering.columns))
  }

  private func picture(
    _ sheet: PanelSheet, _ loaded: LoadedSection, width: Int, height: Int
  ) -> RGBImage {
    var picture = RGBImage(
      width: width, height: height,
      filledWith: components(of: theme[.background], otherwise: Color(0x14121A)))
    let text = color(of: theme[.text], otherwise: Color(0xE6E1EC))
    let muted = color(of: theme[.muted], otherwise: Color(0x8F879C))
    for (place, content) in contents(of: visiblePanels, loaded).enumerated() {
      let body = sheet.body(place)
      draw(content, loaded, in: body, on: &picture)
      let top = body.y - PanelSheet.titleHeight
      var name = content.name
      if let fact = content.facts.first {
        for short in content.shortNames
        where (name.count + fact.count + 3) * Lettering.columns > body.width { name = short }
      }
      let end = picture.write(name, x: body.x, y: top, color: text)
      var facts = content.facts
      while !facts.isEmpty,
        end + (facts.joined(separator: " · ").count + 3) * Lettering.columns > body.maxX
      {
        facts.removeLast()
      }
      if !facts.isEmpty {
        picture.write(" · " + facts.joined(separator: " · "), x: end, y: top, color: muted)
      }
      drawKey(
        content, x: body.x, y: body.maxY + 8, width: body.width, color: muted, on: &picture)
    }
    let lines = captionLines(width)
    let captionTop = height - PanelSheet.captionHeight(lines: lines.count)
    for (row, line) in lines.enumerated() {
      picture.write(
        line, x: PanelSheet.margin, y: captionTop + row * (Lettering.rows + 4), color: muted)
    }
    return picture
  }

  private func draw(
    _ content: PanelContent, _ section: LoadedSection, in area: PixelRectangle,
    on picture: inout RGBImage
  ) {
    if let plot = content.plot {
      draw(plot, in: area, on: &picture)
      return
    }
    let layout = content.layout ?? section.layout
    let view =
      viewport
      ?? Viewport(
        fitting: section.layout, width: area.width, height: area.height)
    let raster = SpotRaster(
      layout, viewport: view, width: area.width, height: area.height,
      style: content.showsTissue ? .outlines(radius: spotRadius(section)) : .discs)
    let inks = inks(of: content, raster)
    let tissue =
      content.showsTissue
      ? underlay?.colors(viewport: view, width: area.width, height: area.height) : nil
    for y in 0..<area.height {
      for x in 0..<area.width {
        let point = y * area.width + x
        let spot = raster.spotAtPoint[point]
        let color: Color
        if spot >= 0, let ink = inks[Int(spot)] {
          color = self.color(of: ink)
        } else if let behind = tissue?[point] {
          color = behind
        } else {
          continue
        }
        picture[area.x + x, area.y + y] = (color.red, color.green, color.blue)
      }
    }
    guard let marks = content.marks, raster.pointsPerPitch >= Double(Lettering.rows) else { return }
    for spot in 0..<layout.count {
      guard let mark = marks[spot], let ink = content.inks[spot] else { continue }
      let point = view.point(
        imageX: layout.x[spot], imageY: layout.y[spot], width: area.width, height: area.height)
      guard point.x >= 0, point.y >= 0, point.x < Double(area.width), point.y < Double(area.height)
      else { continue }
      picture.write(
        String(mark), x: area.x + Int(point.x) - Lettering.columns / 2,
        y: area.y + Int(point.y) - Lettering.rows / 2,
        color: color(of: ink).brightness > 120 ? Color(0) : Color(0xFFFFFF))
    }
  }

  private func drawKey(
    _ content: PanelContent, x: Int, y: Int, width: Int, color: Color, on picture: inout RGBImage
  ) {
    switch content.key {
    case .scale(let scale):
      let start = picture.write(shortNumber(scale.lower) + " ", x: x, y: y, color: color)
      let end = " " + shortNumber(scale.upper) + " " + (content.unit ?? limits.rawValue)
      let length = max(0, x + width - start - end.count * Lettering.columns)
      for column in 0..<length {
        guard let shade = scale.ramp.color(at: Float(column) / Float(max(1, length - 1))) else {
          continue
        }
        picture.fill(
          PixelRectangle(x: start + column, y: y + 3, width: 1, height: Lettering.rows - 6),
          with: shade)
      }
      picture.write(end, x: start + length, y: y, color: color)
    case .legend(let entries):
      var (left, top) = (x, y)
      for entry in entries {
        let needed = (entry.name.count + 5) * Lettering.columns
        if left + needed > x + width, left > x { (left, top) = (x, top + Lettering.rows + 4) }
        picture.fill(
          PixelRectangle(x: left, y: top, width: 2 * Lettering.columns, height: Lettering.rows),
          with: entry.color)
        picture.write(
          entry.letter, x: left + Lettering.columns / 2, y: top,
          color: entry.color.brightness > 120 ? Color(0) : Color(0xFFFFFF))
        picture.write(entry.name, x: left + 3 * Lettering.columns, y: top, color: color)
        left += needed
      }
    case .words(let text): picture.write(text, x: x, y: y, color: color)
    case .length: break
    }
  }

  /// A plot in pixels: axes with their limits, the fitted line, a small square a spot.
  private func draw(
    _ plot: ScatterPlot, in area: PixelRectangle, on picture: inout RGBImage
  ) {
    let text = color(of: theme[.text], otherwise: Color(0xE6E1EC))
    let muted = color(of: theme[.muted], otherwise: Color(0x8F879C))
    let accent = color(of: theme[.accent], otherwise: Color(0xFF8FB1))
    let numbers = [plot.yRange.lower, plot.yRange.upper].map { shortNumber($0) }
    let left = area.x + ((numbers.map(\.count).max() ?? 0) + 1) * Lettering.columns
    let bottom = area.maxY - Lettering.rows - 6
    let (width, height) = (area.maxX - left - 4, bottom - area.y - 4)
    guard width > 8, height > 8 else { return }
    func x(_ share: Double) -> Int { left + 2 + Int(share * Double(width - 1)) }
    func y(_ share: Double) -> Int { bottom - 2 - Int(share * Double(height - 1)) }
    picture.fill(
      PixelRectangle(x: left, y: area.y, width: 1, height: bottom - area.y), with: muted)
    picture.fill(
      PixelRectangle(x: left, y: bottom, width: area.maxX - left, height: 1), with: muted)
    for (number, row) in zip(numbers, [bottom - Lettering.rows, area.y]) {
      picture.write(
        number, x: left - (number.count + 1) * Lettering.columns, y: row, color: muted)
    }
    let upper = shortNumber(plot.xRange.upper)
    picture.write(shortNumber(plot.xRange.lower), x: left, y: bottom + 4, color: muted)
    picture.write(
      upper, x: area.maxX - upper.count * Lettering.columns, y: bottom + 4, color: muted)
    let name = "predicted by observed"
    picture.write(
      name, x: left + (width - name.count * Lettering.columns) / 2, y: bottom + 4, color: muted)
    for step in 0..<width {
      guard let height = plot.lineHeight(atShare: Double(step) / Double(max(1, width - 1))),
        0...1 ~= height
      else { continue }
      picture.fill(
        PixelRectangle(x: left + 2 + step, y: y(height), width: 1, height: 2), with: accent)
    }
    for spot in plot.x.indices {
      guard let place = plot.place(ofSpot: spot) else { continue }
      picture.fill(
        PixelRectangle(x: x(place.x) - 1, y: y(place.y) - 1, width: 3, height: 3), with: text)
    }
  }

  private func color(of ink: Ink) -> Color {
    ink.color ?? color(of: theme[ink.role ?? .missing], otherwise: Color(0x4A4555))
  }

  /// A theme's colour where pixels are drawn: the terminal's own colours are not known there.
  private func color(of paint: Theme.Paint, otherwise fallback: Color) -> Color {
    if case .color(let color) = paint { return color }
    return fallback
  }

  private func components(
    of paint: Theme.Paint, otherwise fallback: Color
  ) -> (UInt8, UInt8, UInt8) {
    let color = color(of: paint, otherwise: fallback)
    return (color.red, color.green, color.blue)
  }
}
