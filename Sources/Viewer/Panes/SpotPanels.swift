import Drawing
import Foundation
import Sections
import Workbench

extension ViewerState {
  /// The panels side by side: each the same part of the section, with the same spot marked.
  func drawPanels(_ layout: Layout, _ section: LoadedSection, on frame: inout Frame) {
    drawPanelSeparators(layout, on: &frame)
    var rasters: [RasterKey: SpotRaster] = [:]
    for panel in layout.panels {
      guard !panel.body.isEmpty else { continue }
      drawTitle(of: panel, on: &frame)
      frame.addZone(panel.body, .panel(panel.kind))
      let view = viewport(
        columns: panel.body.columns, rows: panel.body.rows, layout: section.layout)
      let showsTissue = panel.kind == .image || showsUnderlay
      let key = RasterKey(
        columns: panel.body.columns, rows: panel.body.rows,
        style: showsTissue && underlay != nil ? .discs : .automatic)
      let raster =
        rasters[key]
        ?? SpotRaster(
          section.layout, viewport: view, width: key.columns, height: key.rows * 2,
          style: key.style)
      rasters[key] = raster
      switch panel.kind {
      case .image: drawImage(panel, raster, section, on: &frame)
      case .observed: drawObserved(panel, raster, section, on: &frame)
      case .clusters: drawClusters(panel, raster, section, on: &frame)
      case .labels: drawLabels(panel, raster, section, on: &frame)
      }
      drawCursor(section, raster, in: panel.body, on: &frame)
    }
  }

  private struct RasterKey: Hashable {
    var columns: Int
    var rows: Int
    var style: SpotRaster.Style
  }

  /// The tissue behind the spots, once the image is there.
  private var underlay: Underlay? {
    guard case .ready(let pyramid) = image else { return nil }
    let ground = theme[.background]
    let dimColor: Color = if case .color(let color) = ground { color } else { Color(0) }
    return Underlay(picture: pyramid, detail: detail, dimming: dimming, dimColor: dimColor)
  }

  // MARK: The kinds

  private func drawImage(
    _ panel: Layout.Panel, _ raster: SpotRaster, _ section: LoadedSection, on frame: inout Frame
  ) {
    let hint: String
    switch image {
    case .ready:
      let none = [Ink?](repeating: nil, count: section.layout.count)
      frame.canvas.draw(raster, inks: none, over: underlay, in: panel.body)
      drawScaleBar(raster, section, in: panel.footer, on: &frame)
      return
    case .loading: hint = "reading the image …"
    case .failed(let problem): hint = problem
    case .none: hint = "this section has no image"
    }
    let lines = hint.wrapped(to: max(1, panel.body.columns - 4))
    let first = panel.body.row + max(0, (panel.body.rows - lines.count) / 2)
    for (index, line) in lines.enumerated() where first + index < panel.body.maxRow {
      frame.canvas.write(
        line, column: panel.body.column + max(0, (panel.body.columns - line.columns) / 2),
        row: first + index, width: panel.body.columns, ink: .role(.muted))
    }
  }

  private func drawObserved(
    _ panel: Layout.Panel, _ raster: SpotRaster, _ section: LoadedSection, on frame: inout Frame
  ) {
    guard let expression, let gene = genes.selected else { return }
    let values = expression.values(ofGene: gene)
    let range = limits.limits(of: values)
    let scale = ColorScale(ramp: ramp, lower: range.lower, upper: range.upper)
    let inks = values.map { value in scale.color(of: value).map(Ink.color) ?? Ink.role(.missing) }
    frame.canvas.draw(
      raster, inks: inks, over: showsUnderlay ? underlay : nil, in: panel.body)
    guard panel.footer.rows > 0 else { return }
    var bar = panel.footer.splitTop(1).top.insetSides(by: 1)
    let unit = " \(limits.rawValue)"
    if bar.columns > 30 + unit.columns {
      frame.canvas.write(
        unit, column: bar.maxColumn - unit.columns, row: bar.row, ink: .role(.muted))
      bar.columns -= unit.columns
    }
    bar.columns = min(bar.columns, 48)
    frame.canvas.draw(scale, in: bar)
    frame.addZone(panel.footer, .command(.nextLimits))
  }

  private func drawClusters(
    _ panel: Layout.Panel, _ raster: SpotRaster, _ section: LoadedSection, on frame: inout Frame
  ) {
    guard let clusters else { return }
    let groups = section.section.spots.indices.map(clusters.group(ofSpot:))
    let colors = clusters.groups.map { palette.color(of: $0.color) }
    let letters = clusters.groups.indices.map { ClusterView.letter($0).unicodeScalars.first ?? "?" }
    drawCategories(
      groups, colors: colors, letters: letters, panel, raster, section, on: &frame)
    drawLegend(clusterLegend, in: panel.footer, on: &frame)
  }

  private func drawLabels(
    _ panel: Layout.Panel, _ raster: SpotRaster, _ section: LoadedSection, on frame: inout Frame
  ) {
    guard let labels = section.section.labels else { return }
    let colors = labels.categories.indices.map(palette.color(of:))
    let letters = labels.letters.map { $0.unicodeScalars.first ?? "?" }
    drawCategories(
      labels.categoryOfSpot, colors: colors, letters: letters, panel, raster, section, on: &frame)
    drawLegend(labelLegend, in: panel.footer, on: &frame)
  }

  /// Colours and letters both, so that colour is never the only sign.
  private func drawCategories(
    _ categories: [Int?], colors: [Color], letters: [Unicode.Scalar], _ panel: Layout.Panel,
    _ raster: SpotRaster, _ section: LoadedSection, on frame: inout Frame
  ) {
    let inks = categories.map { $0.map { Ink.color(colors[$0]) } ?? Ink.role(.missing) }
    frame.canvas.draw(
      raster, inks: inks, over: showsUnderlay ? underlay : nil, in: panel.body)
    guard raster.pointsPerPitch >= 1.8 else { return }
    frame.canvas.draw(
      marks: categories.map { $0.map { letters[$0] } }, of: section.layout, raster: raster,
      inks: inks, in: panel.body)
  }

  private func drawCursor(
    _ section: LoadedSection, _ raster: SpotRaster, in body: Rectangle, on frame: inout Frame
  ) {
    guard let spot,
      let cell = frame.canvas.cell(ofSpot: spot, section.layout, raster, in: body)
    else { return }
    let below = frame.canvas[cell.column, cell.row]
    // The colour that fills most of the spot's cell stays behind the mark.
    let ground = below.glyph == "▄" ? below.ink : below.ground
    let isBright = (ground.color?.brightness ?? 0) > 140
    frame.canvas[cell.column, cell.row] = Cell(
      "◆", ink: isBright ? .color(Color(0)) : .role(.cursor), ground: ground, style: .bold)
  }

  // MARK: Titles

  private func drawTitle(of panel: Layout.Panel, on frame: inout Frame) {
    let hasFocus = focus == .panel(panel.kind)
    let (name, facts) = title(of: panel.kind)
    let row = panel.title.row
    for column in panel.title.column..<panel.title.maxColumn {
      frame.canvas.write("─", column: column, row: row, ink: .role(.border))
    }
    let room = panel.title.columns - 1
    var column = frame.canvas.write(
      " \(name) ".shortened(to: room), column: panel.title.column, row: row,
      ink: .role(hasFocus ? .accent : .title), style: .bold)
    // Facts go from the end when there is no room for all.
    var shown = facts
    while !shown.isEmpty,
      shown.joined(separator: " · ").columns + 3 > panel.title.maxColumn - column
    { shown.removeLast() }
    if !shown.isEmpty {
      column = frame.canvas.write(
        "· " + shown.joined(separator: " · ") + " ", column: column, row: row, ink: .role(.muted))
    }
    frame.addZone(panel.title, .command(.maximize))
  }

  private func title(of kind: PanelKind) -> (name: String, facts: [String]) {
    let label = spot.flatMap { loaded?.section.labels?.label(ofSpot: $0) }
    switch kind {
    case .image:
      let size = loaded?.section.image.map { "\($0.width) × \($0.height) px" }
      return ("H&E", [size, dimming > 0 ? "dimmed" : nil].compactMap(\.self))
    case .observed:
      let value = spot.flatMap { spot in
        genes.selected.flatMap { expression?.values(ofGene: $0)[spot] }
      }
      return (
        "Observed · \(genes.selectedName ?? "no gene")",
        value.map { ["at spot \(shortNumber($0))"] } ?? []
      )
    case .clusters:
      var facts: [String] = []
      if let result = clusters?.result {
        facts = ["k = \(result.clusterCount)"]
        if let ari = result.adjustedRandIndex { facts.append(String(format: "ARI %.2f", ari)) }
        if let nmi = result.normalizedMutualInformation {
          facts.append(String(format: "NMI %.2f", nmi))
        }
        if result.adjustedRandIndex == nil { facts.append(result.settings.normalization.name) }
      }
      return ("Clusters", isClustering ? ["k = \(clusterCount) …"] : facts)
    case .labels: return ("Pathologist", label.map { [$0] } ?? [])
    }
  }

  // MARK: Legends

  struct LegendEntry {
    var letter: String
    var name: String
    var color: Color
  }

  private var clusterLegend: [LegendEntry] {
    guard let clusters else { return [] }
    let counts = clusters.spotsOfGroup
    return clusters.liveGroups.map { group in
      let name = clusters.groups[group].name
      let letter = ClusterView.letter(group)
      return LegendEntry(
        letter: letter, name: name == letter ? "\(counts[group])" : "\(name) \(counts[group])",
        color: palette.color(of: clusters.groups[group].color))
    }
  }

  private var labelLegend: [LegendEntry] {
    guard let labels = loaded?.section.labels else { return [] }
    return labels.categories.enumerated().map { category, name in
      LegendEntry(
        letter: labels.letters[category], name: name, color: palette.color(of: category))
    }
  }

  /// The rows a panel's legend wants at a width.
  func legendRows(of kind: PanelKind, columns: Int) -> Int {
    switch kind {
    case .image, .observed: 1
    case .clusters: rowsOfLegend(clusterLegend, columns: columns)
    case .labels: rowsOfLegend(labelLegend, columns: columns)
    }
  }

  private func rowsOfLegend(_ entries: [LegendEntry], columns: Int) -> Int {
    var rows = 1
    var column = 1
    for entry in entries {
      let width = entry.name.columns + 6
      if column + width > columns, column > 1 {
        rows += 1
        column = 1
      }
      column += width
    }
    return rows
  }

  private func drawLegend(_ entries: [LegendEntry], in area: Rectangle, on frame: inout Frame) {
    var row = area.row
    var column = area.column + 1
    for entry in entries {
      let width = entry.name.columns + 6
      if column + width > area.maxColumn, column > area.column + 1 {
        row += 1
        column = area.column + 1
      }
      guard row < area.maxRow else { return }
      let ink = Ink.color(entry.color.brightness > 120 ? Color(0) : Color(0xFFFFFF))
      let end = frame.canvas.write(
        " \(entry.letter) ", column: column, row: row, ink: ink, ground: .color(entry.color),
        style: .bold)
      frame.canvas.write(
        entry.name, column: end + 1, row: row, width: area.maxColumn - end - 1, ink: .role(.muted))
      column += width
    }
  }

  /// How far one pitch is on the panel: a scale where the image's pixel size is not known.
  private func drawScaleBar(
    _ raster: SpotRaster, _ section: LoadedSection, in area: Rectangle, on frame: inout Frame
  ) {
    guard area.rows > 0 else { return }
    let pixels = [10.0, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]
    let columns = { (length: Double) in Int((length / raster.viewport.scale).rounded()) }
    guard let length = pixels.last(where: { columns($0) <= area.columns / 3 }), columns(length) > 1
    else { return }
    let bar = String(repeating: "━", count: columns(length))
    frame.canvas.write(
      "\(bar) \(Int(length).grouped) px", column: area.column + 1, row: area.row,
      width: area.columns - 2, ink: .role(.muted))
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

extension Annotation {
  /// One letter for each category: its own first letter where free, else the next free one.
  var letters: [String] {
    var taken = Set<String>()
    return categories.map { name in
      let own = name.filter(\.isLetter).uppercased().map(String.init)
      let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
      let letter = (own + alphabet).first { !taken.contains($0) } ?? "?"
      taken.insert(letter)
      return letter
    }
  }
}
