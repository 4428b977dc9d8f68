import Drawing
import Sections
import Workbench

extension ViewerState {
  /// Draws the visible panels as shapes, side by side, titles above and keys below.
  ///
  /// - Parameter panelSide: the width of each panel in points; its height follows the section's.
  public func vectorPicture(panelSide: Int) -> VectorPicture? {
    guard let loaded else { return nil }
    return grid(contents(of: visiblePanels, loaded), loaded, columns: visiblePanels.count)(
      Double(panelSide))
  }

  /// Draws the visible panels in as many rows as make them largest, in the middle of a picture of the
  /// size given, in points.
  ///
  /// Nil where there is no room for them.
  public func vectorPicture(width: Double, height: Double) -> VectorPicture? {
    guard let loaded else { return nil }
    let contents = contents(of: visiblePanels, loaded)
    var best: (panel: Double, picture: VectorPicture)?
    for columns in 1...max(1, contents.count) {
      let draw = grid(contents, loaded, columns: columns)
      var panel = (width - FigureGrid(rows: []).gap * Double(columns - 1)) / Double(columns)
      // What is too high is made narrower until it fits: titles and keys keep their height.
      while panel > (best?.panel ?? 48) {
        let picture = draw(panel)
        if picture.height <= height, picture.width <= width {
          best = (panel, picture)
          break
        }
        panel *= min(0.97, height / max(picture.height, 1))
      }
    }
    guard let found = best?.picture else { return nil }
    var picture = VectorPicture(
      width: width, height: height, title: found.title, summary: found.summary)
    picture.add(found, x: (width - found.width) / 2, y: (height - found.height) / 2)
    return picture
  }

  /// Draws panels in rows, as wide as asked for.
  private func grid(
    _ contents: [PanelContent], _ loaded: LoadedSection, columns: Int
  ) -> (_ panelWidth: Double) -> VectorPicture {
    { width in
      let panels = contents.map { content in
        content.plot.map { picture(of: $0, content, width: width) }
          ?? map(of: content, loaded).picture(width: width)
      }
      let rows = stride(from: 0, to: panels.count, by: max(1, columns)).map {
        Array(panels[$0..<min($0 + max(1, columns), panels.count)])
      }
      return FigureGrid(rows: rows, caption: protocolCaption ?? "").picture()
    }
  }

  private func map(of content: PanelContent, _ section: LoadedSection) -> SpotMap {
    var map = SpotMap(
      title: content.name,
      // Every title has a line below it, so that maps are level.
      subtitle: content.facts.isEmpty
        ? "\(content.inks.count.grouped) spots" : content.facts.joined(separator: " · "),
      layout: content.layout ?? section.layout,
      content: .painted(
        content.inks.map { $0.map(Paint.init) },
        letters: content.marks?.map { $0.map(String.init) } ?? [], key(of: content)),
      tissue: content.showsTissue ? underlay?.picture : nil)
    map.extent = section.layout
    return map
  }

  private func key(of content: PanelContent) -> SpotMap.Key {
    if let notice = content.notice { return .words(notice.text) }
    switch content.key {
    case .scale(let scale): return .scale(scale, unit: content.unit ?? limits.rawValue)
    case .words(let text): return .words(text)
    case .length: return .nothing
    case .legend(let entries):
      return .categories(entries.map { .init(letter: $0.letter, name: $0.name, color: $0.color) })
    }
  }

  /// A plot of predicted by observed values: axes, the fitted line, a dot a spot.
  private func picture(
    of plot: ScatterPlot, _ content: PanelContent, width: Double
  ) -> VectorPicture {
    var chart = ScatterChart(
      title: content.name, xName: "observed", yName: "predicted",
      points: zip(plot.x, plot.y).map { VectorPicture.Point(Double($0), Double($1)) })
    chart.subtitle = content.facts.joined(separator: " · ")
    chart.note = plot.summary
    if plot.fit.slope.isFinite {
      chart.line = [plot.xRange.lower, plot.xRange.upper].map { x in
        VectorPicture.Point(Double(x), plot.fit.y(atX: Double(x)))
      }
    }
    return chart.picture(width: width)
  }
}

extension Paint {
  fileprivate init(_ ink: Ink) {
    self = ink.color.map(Paint.color) ?? .role(ink.role ?? .missing)
  }
}
