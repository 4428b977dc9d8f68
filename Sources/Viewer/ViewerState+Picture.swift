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
    let contents = contents(of: kinds, loaded)
    let columns = panelSide / Lettering.columns
    let legendRows = self.legendRows(of: kinds)(columns)
    let margin = 16
    let titleHeight = Lettering.rows + 8
    let legendHeight = legendRows * (Lettering.rows + 4) + 8
    let width = margin + kinds.count * (panelSide + margin)
    let caption = (protocolCaption ?? "").wrapped(to: (width - 2 * margin) / Lettering.columns)
    let captionTop = margin + titleHeight + panelSide + legendHeight
    var picture = RGBImage(
      width: width, height: captionTop + caption.count * (Lettering.rows + 4) + margin,
      filledWith: components(of: theme[.background], otherwise: Color(0x14121A)))
    for (place, content) in contents.enumerated() {
      let left = margin + place * (panelSide + margin)
      draw(
        content, loaded,
        in: PixelRectangle(
          x: left, y: margin + titleHeight, width: panelSide, height: panelSide),
        on: &picture)
      let text = color(of: theme[.text], otherwise: Color(0xE6E1EC))
      let muted = color(of: theme[.muted], otherwise: Color(0x8F879C))
      let end = picture.write(content.name, x: left, y: margin, color: text)
      var facts = content.facts
      while !facts.isEmpty,
        end + (facts.joined(separator: " · ").count + 3) * Lettering.columns > left + panelSide
      {
        facts.removeLast()
      }
      if !facts.isEmpty {
        picture.write(" · " + facts.joined(separator: " · "), x: end, y: margin, color: muted)
      }
      drawKey(
        content, x: left, y: margin + titleHeight + panelSide + 8, width: panelSide,
        color: muted, on: &picture)
    }
    for (row, line) in caption.enumerated() {
      picture.write(
        line, x: margin, y: captionTop + row * (Lettering.rows + 4),
        color: color(of: theme[.muted], otherwise: Color(0x8F879C)))
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
