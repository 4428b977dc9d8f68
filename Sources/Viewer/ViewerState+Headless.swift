import Drawing
import Sections
import Workbench

/// What front ends without keys set and ask for.
extension ViewerState {
  /// Starts with this normalization instead of the saved one.
  public mutating func use(_ normalization: Normalization) {
    self.normalization = normalization
  }

  /// Begins with predictions finer than the spots, where a model can.
  public mutating func useDenseSpots() { isDense = true }

  /// Draws differences in signs, for terminals without colours.
  public mutating func useSigns() { usesSigns = true }

  /// Changes the theme, if there is one of that name.
  public mutating func useTheme(named name: String) {
    theme = themes.first { $0.name == name } ?? theme
  }

  /// Whether the first section has arrived, or cannot.
  public var hasSettled: Bool {
    if case .loading = content { return false }
    return true
  }

  /// The gene on display.
  public var geneName: String? { genes.selectedName }

  /// Says that the section has no gene of this name, and names the one most like it.
  public func unknownGene(_ name: String) -> String {
    let hint = nearest(to: name, among: genes.names).map { " Did you mean '\($0)'?" } ?? ""
    return "Section \(references[sectionIndex].name) has no gene '\(name)'.\(hint)"
  }

  /// Chooses what is drawn, as keys would.
  public mutating func show(
    _ kinds: [PanelKind], ramp: ColorRamp?, clusters: Int?, underlay: Bool
  ) {
    panels = kinds
    panelsAreChosen = true
    if let ramp { self.ramp = ramp }
    if let clusters { clusterCount = clusters }
    showsUnderlay = underlay
  }

  /// Makes so many patches white where it is asked what drove a prediction.
  public mutating func use(driverPatches count: Int) { driverPatches = max(1, count) }

  /// Chooses a spot by its name.
  ///
  /// - Throws: where the section has none of that name.
  public mutating func choose(spot id: String) throws(WorkbenchError) {
    spot = try loaded?.spot(named: id)
  }

  /// What has to be done after `show`: predictions and clusters, where they are shown and not
  /// there yet.
  public mutating func pendingEffects() -> [ViewerEffect] {
    var effects: [ViewerEffect] = []
    for index in methods.indices {
      for resolution in Resolution.allCases where methods[index][resolution].isPredicting {
        // Asked for before it was known what is shown.
        methods[index][resolution] = .absent
      }
    }
    // Likewise.
    if tumour?.isMapping == true { tumour?.state = .absent }
    effects += predictionEffects() + tumourEffects()
    if visiblePanels.contains(.drivers) { effects += forcedDrivers() }
    let missing = Set(visiblePanels.compactMap(\.clusterSource)).filter { source in
      clusterSets[source]?.view?.result.settings != clusterSettings(of: source)
    }
    return effects + clusterEffects(only: missing)
  }

  /// Why the first panel without anything to draw has nothing; nil when all have.
  public var panelProblem: String? {
    guard let loaded else { return nil }
    return contents(of: visiblePanels, loaded).lazy.compactMap(\.notice?.text).first
  }

  /// The panels alone, without list, bars and keys.
  public func panelsCanvas() -> Canvas {
    var frame = Frame(columns: columns, rows: rows)
    guard let loaded else { return frame.canvas }
    drawPanels(panelsOnlyLayout, loaded, on: &frame)
    return frame.canvas
  }
}
