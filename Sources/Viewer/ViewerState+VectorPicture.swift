import Drawing
import Sections
import Workbench

extension ViewerState {
  /// Draws the visible panels as shapes, side by side, titles above and keys below.
  ///
  /// - Parameter panelSide: the width of each panel in points; its height follows the section's.
  public func vectorPicture(panelSide: Int) -> VectorPicture? {
    guard let loaded else { return nil }
    let panels = contents(of: visiblePanels, loaded).map { content in
      content.plot.map { picture(of: $0, content, width: Double(panelSide)) }
        ?? map(of: content, loaded).picture(width: Double(panelSide))
    }
    return FigureGrid(rows: [panels], caption: protocolCaption ?? "").picture()
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
