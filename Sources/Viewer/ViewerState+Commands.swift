import Drawing
import Foundation
import Sections
import Workbench

extension ViewerState {
  /// Does one command, or says why it cannot be done.
  mutating func perform(_ command: Command) -> [ViewerEffect] {
    if let reason = reasonAgainst(command) {
      message = Message(text: "\(command.entry.hint): \(reason)", kind: .warning)
      return []
    }
    message = nil
    switch command {
    case .nextGene: genes.move(by: 1)
    case .previousGene: genes.move(by: -1)
    case .genesDown: genes.move(by: listedRows)
    case .genesUp: genes.move(by: -listedRows)
    case .firstGene: genes.move(by: -genes.names.count)
    case .lastGene: genes.move(by: genes.names.count)
    case .search:
      focus = .genes
      isSearching = true
    case .star: toggleStar()
    case .starredOnly:
      if genes.starred.isEmpty && !genes.showsOnlyStarred {
        message = Message(text: "starred: no gene has a star yet; s gives one", kind: .warning)
      } else {
        genes.showsOnlyStarred.toggle()
        genes.arrange(by: rankedValues)
      }
    case .nextRanking:
      if display == .genes { return rankByColumn() }
      guard !methods.isEmpty else {
        return rank(by: GeneRanking.unnamed.following(genes.ranking))
      }
      let place = rankings.firstIndex(of: genes.ranking) ?? -1
      overlay = .rankings(selected: (place + 1) % rankings.count)
    case .reverseRanking:
      genes.isReversed.toggle()
      genes.arrange(by: rankedValues)
    case .nextNormalization:
      normalization = Normalization.presets.following(normalization)
      isRawForLackOfCounts = false
      if followsMethod, let name = comparedMethod?.method.name {
        message = Message(
          text: "\(normalization.name) for ranking and clusters; observed is shown as \(name) was "
            + "trained", kind: .note)
      }
      forgetAssumedEvaluations()
      return beginExpression() + rescore() + clusterEffects(only: [.observed])
    case .nextRamp: ramp = ramps.following(ramp)
    case .nextLimits: limits = ValueLimits.allCases.following(limits)
    case .toggleImage: toggle(.image)
    case .toggleObserved: toggle(.observed)
    case .toggleClusters: toggle(.clusters)
    case .toggleTumour: toggle(.tumour)
    case .tumourMask: tumour?.showsMask.toggle()
    case .toggleLabels: toggle(.labels)
    case .maximize:
      maximized = maximized == nil ? focusedPanel ?? panels.first : nil
    case .nextFocus: moveFocus()
    case .underlay: showsUnderlay.toggle()
    case .dim: dimming = [0, 0.3, 0.6].following(dimming)
    case .methods:
      let place = methods.firstIndex { $0.method.name == focusedMethod ?? compared }
      overlay = .methods(selected: place ?? 0)
    case .method1, .method2, .method3, .method4, .method5:
      if let index = command.methodIndex { toggleMethod(index) }
    case .addMethod:
      overlay = .prompt(
        Prompt(purpose: .method, title: "Add a method: a file, or NAME=FILE", text: ""))
    case .retry:
      let needed = neededMethods
      retryPredictions(of: needed)
      for name in evaluations.keys { evaluations[name]?.forgetFailed() }
      tumour?.retry()
      return retryDrivers()
    case .difference: toggle(.difference)
    case .scatter: toggle(.scatter)
    case .drivers: return askForDrivers()
    case .nextCompared:
      let names = methods.map(\.method.name)
      compare(names.following(comparedMethod?.method.name ?? ""))
      message = Message(text: "Compared: \(comparison)", kind: .note)
      return rankingEffects()
    case .nextReference:
      let others: [String?] =
        [nil] + methods.map(\.method.name).filter { $0 != comparedMethod?.method.name }
      reference = others.following(referenceMethod?.method.name)
      message = Message(text: "Compared: \(comparison)", kind: .note)
    case .ownScales: hasOwnScales.toggle()
    case .finer: isDense.toggle()
    case .predictedOnly:
      listsOnlyPredicted.toggle()
      refreshAllowedGenes()
    case .zoomIn: zoom(by: 1.5)
    case .zoomOut: zoom(by: 1 / 1.5)
    case .fit: viewport = nil
    case .panLeft: pan(-1, 0)
    case .panRight: pan(1, 0)
    case .panUp: pan(0, -1)
    case .panDown: pan(0, 1)
    case .spotLeft: moveSpot(-1, 0)
    case .spotRight: moveSpot(1, 0)
    case .spotUp: moveSpot(0, -1)
    case .spotDown: moveSpot(0, 1)
    case .turnSpots: return turnSpots()
    case .flipSpots: return flipSpots()
    case .nextScale: return nextScale()
    case .copySpot:
      message = Message(text: "Copied the spot to the clipboard", kind: .success)
      return [.copy(spotFacts().map { "\($0.name)\t\($0.value)" }.joined(separator: "\n"))]
    case .showPanels: display = .compare
    case .geneTable:
      toggle(.genes)
      return rankingEffects()
    case .scores: toggle(.scores)
    case .copyNumber: toggle(.copyNumber)
    case .worstSection: chooseSection { $0 < $1 }
    case .bestSection: chooseSection { $0 > $1 }
    case .worstGene: return showGene { $0 < $1 }
    case .bestGene: return showGene { $0 > $1 }
    case .origin: return tellOrigin()
    case .moreClusters, .fewerClusters:
      clusterCount += command == .moreClusters ? 1 : -1
      clusterCountIsChosen = true
      return recluster()
    case .methodClusters:
      if let name = comparedMethod?.method.name {
        toggle(.methodClusters(name))
        return clusterEffects(only: [.method(name)])
      }
    case .renameCluster, .mergeCluster: promptForCluster(command)
    case .recolorCluster:
      let colors = palette.colors.count
      if let group = groupAtSpot { activeClusters?.recolor(group, paletteSize: colors) }
    case .undo: activeClusters?.undo()
    case .redo: activeClusters?.redo()
    case .nextPalette: palette = CategoricalPalette.all.following(palette)
    case .export: overlay = .exports(selected: 0)
    case .exportLoupe: ask(for: .loupe)
    case .nextSection: return open(section: (sectionIndex + 1) % references.count)
    case .previousSection:
      return open(section: (sectionIndex + references.count - 1) % references.count)
    case .chooseSection: overlay = .sections(selected: sectionIndex)
    case .help: overlay = .help(query: "", scroll: 0)
    case .palette: overlay = .palette(query: "", selected: 0)
    case .nextTheme:
      theme = themes.following(theme)
      message = Message(text: "Theme \(theme.name)", kind: .note)
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .quit: return [.remember(savedView), .quit]
    }
    return []
  }

  /// The panel with the focus, or the first.
  var focusedPanel: PanelKind? {
    if case .panel(let kind) = focus, visiblePanels.contains(kind) { return kind }
    return visiblePanels.first
  }

  /// What the difference is of.
  var comparison: String {
    "\(comparedMethod?.method.name ?? "no method") − \(referenceMethod?.method.name ?? "observed")"
  }

  private mutating func toggleStar() {
    guard let name = genes.selectedName else { return }
    if genes.starred.remove(name) == nil { genes.starred.insert(name) }
    if genes.showsOnlyStarred {
      if genes.starred.isEmpty { genes.showsOnlyStarred = false }
      genes.arrange(by: rankedValues)
    }
  }

  /// Shows or hides a panel; they keep their fixed order, and one always stays.
  mutating func toggle(_ kind: PanelKind) {
    panelsAreChosen = true
    maximized = nil
    if let place = panels.firstIndex(of: kind) {
      guard panels.count > 1 else {
        message = Message(text: "One panel has to stay", kind: .warning)
        return
      }
      panels.remove(at: place)
      if focus == .panel(kind) { focus = .genes }
    } else {
      panels = (panels + [kind]).sorted { order(of: $0) < order(of: $1) }
    }
  }

  /// Where a panel stands among the others.
  private func order(of kind: PanelKind) -> Int {
    func place(_ name: String) -> Int { methods.firstIndex { $0.method.name == name } ?? 0 }
    return switch kind {
    case .image: 0
    case .observed: 1
    case .method(let name): 2 + place(name)
    case .difference: 1000
    case .scatter: 1001
    case .drivers: 1002
    case .clusters: 2000
    case .methodClusters(let name): 2001 + place(name)
    case .tumour: 2999
    case .labels: 3000
    }
  }

  /// Takes the method whose panel gets the focus as the one compared; it stays so afterwards.
  mutating func compareFocused() {
    if let name = focusedMethod { compare(name) }
  }

  /// Takes a method as the one compared.
  mutating func compare(_ name: String) {
    if display == .genes, let old = comparedMethod?.method.name {
      genes.ranking = genes.ranking.moved(from: old, to: name)
    }
    compared = name
    if reference == name { reference = nil }
    arrange(after: name)
  }

  private mutating func moveFocus() {
    let order: [Focus] = [.genes] + visiblePanels.map { .panel($0) }
    focus = order.following(focus)
    if maximized != nil, case .panel(let kind) = focus { maximized = kind }
    compareFocused()
  }

  /// Zooms around the chosen spot, or the centre when none is chosen.
  private mutating func zoom(by factor: Double) {
    guard let loaded, let body = focusedBody else { return }
    let view = viewport(columns: body.columns, rows: body.rows, layout: loaded.layout)
    let x = spot.map { loaded.layout.x[$0] } ?? view.centerX
    let y = spot.map { loaded.layout.y[$0] } ?? view.centerY
    setViewport(view.zoomed(by: factor, aroundX: x, y: y), body: body, layout: loaded.layout)
  }

  /// Keeps the view between a fraction of a pixel a point and twice the section, and the section in
  /// sight.
  mutating func setViewport(_ view: Viewport, body: Rectangle, layout: SpotLayout) {
    let whole = Viewport(fitting: layout, width: body.columns, height: body.rows * 2)
    var view = view
    // A pixel of the image may be as wide as sixteen points.
    let finest = loaded?.section.image == nil ? 0.25 : 1.0 / 16
    view.scale = min(max(view.scale, finest), whole.scale * 2)
    view.centerX = min(max(view.centerX, layout.minX - layout.pitch), layout.maxX + layout.pitch)
    view.centerY = min(max(view.centerY, layout.minY - layout.pitch), layout.maxY + layout.pitch)
    viewport = view
  }

  private mutating func pan(_ dx: Double, _ dy: Double) {
    guard let loaded, let body = focusedBody else { return }
    var view = viewport(columns: body.columns, rows: body.rows, layout: loaded.layout)
    view.centerX += dx * Double(body.columns) * view.scale / 6
    view.centerY += dy * Double(body.rows * 2) * view.scale / 6
    setViewport(view, body: body, layout: loaded.layout)
  }

  /// The body of the panel that has the focus, or of the first.
  var focusedBody: Rectangle? {
    let all = bodies()
    return (all.first { $0.kind == focusedPanel } ?? all.first)?.area
  }

  /// One step along the lattice; the first step chooses the spot nearest to the view's centre.
  private mutating func moveSpot(_ dx: Double, _ dy: Double) {
    guard let loaded, let body = focusedBody else { return }
    let view = viewport(columns: body.columns, rows: body.rows, layout: loaded.layout)
    guard let current = spot else {
      spot = loaded.layout.nearest(x: view.centerX, y: view.centerY, within: .infinity)
      return
    }
    guard let next = loaded.layout.neighbour(of: current, dx: dx, dy: dy) else { return }
    spot = next
    // The view follows when the spot leaves it.
    let point = view.point(
      imageX: loaded.layout.x[next], imageY: loaded.layout.y[next], width: body.columns,
      height: body.rows * 2)
    let isInside =
      point.x >= 0 && point.y >= 0 && point.x < Double(body.columns)
      && point.y < Double(body.rows * 2)
    if viewport != nil && !isInside {
      var moved = view
      (moved.centerX, moved.centerY) = (loaded.layout.x[next], loaded.layout.y[next])
      setViewport(moved, body: body, layout: loaded.layout)
    }
  }

  private mutating func promptForCluster(_ command: Command) {
    guard let clusters = activeClusters, let group = groupAtSpot else { return }
    let letter = clusterLetter(group)
    if command == .renameCluster {
      let name = clusters.groups[group].name
      overlay = .prompt(
        Prompt(
          purpose: .rename(group: group), title: "Name of cluster \(letter)",
          text: name == letter ? "" : name))
    } else {
      let others = clusters.liveGroups.filter { $0 != group }.map(clusterLetter)
      overlay = .prompt(
        Prompt(
          purpose: .merge(group: group),
          title: "Merge cluster \(letter) into (\(others.joined(separator: ", ")))", text: ""))
    }
  }
}

extension Array where Element: Equatable {
  /// The element after `current`, the first after the last or for one that is not there.
  func following(_ current: Element) -> Element {
    guard let place = firstIndex(of: current) else { return self[0] }
    return self[(place + 1) % count]
  }
}
