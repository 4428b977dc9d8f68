import Drawing
import Foundation
import Sections
import Workbench

extension ViewerState {
  /// Takes in what the terminal sent.
  mutating func take(_ input: InputEvent) -> [ViewerEffect] {
    switch input {
    case .resize(let columns, let rows):
      (self.columns, self.rows) = (columns, rows)
      return []
    case .hangUp: return [.remember(savedView), .quit]
    case .paste(let text): return take(typed: text.filter { !$0.isNewline })
    case .key(let key, let modifiers): return take(key, modifiers)
    case .mouse(let mouse): return take(mouse)
    }
  }

  private mutating func take(
    _ key: Key, _ modifiers: InputEvent.Modifiers
  ) -> [ViewerEffect] {
    // These work everywhere, whatever is open.
    if modifiers == .control, key == .character("z") { return perform(.suspend) }
    if modifiers == .control, key == .character("l") { return perform(.redraw) }
    if modifiers == .control, key == .character("c"), overlay == nil, !isSearching {
      return perform(.quit)
    }
    if overlay != nil { return takeInOverlay(key, modifiers) }
    if isSearching { return takeInSearch(key, modifiers) }
    if key == .escape { return goBack() }
    if display != .compare, let effects = takeInTable(key, modifiers) { return effects }
    let panelHasFocus = display == .compare && focus != .genes
    guard let command = Command.bound(to: key, modifiers, panelHasFocus: panelHasFocus) else {
      return []
    }
    return perform(command)
  }

  /// Escape undoes one thing at a time: a message, the focused panel's prediction under way, a
  /// search, a table, a maximized panel, the focus.
  private mutating func goBack() -> [ViewerEffect] {
    if message != nil {
      message = nil
    } else if display != .compare, display == .scores || genes.query.isEmpty {
      display = .compare
    } else if let name = focusedMethod, method(named: name)?.isPredicting == true {
      return cancelPrediction(of: name)
    } else if !genes.query.isEmpty {
      setQuery("")
    } else if maximized != nil {
      maximized = nil
    } else if focus != .genes {
      focus = .genes
    } else {
      spot = nil
    }
    return []
  }

  // MARK: Typing

  private mutating func take(typed text: String) -> [ViewerEffect] {
    if isSearching {
      setQuery(genes.query + text)
      return []
    }
    switch overlay {
    case .prompt(var prompt):
      prompt.text += text
      prompt.complaint = nil
      overlay = .prompt(prompt)
    case .help(let query, _): overlay = .help(query: query + text, scroll: 0)
    case .palette(let query, _): overlay = .palette(query: query + text, selected: 0)
    case .sections, .methods, .rankings, .origin, .confirm, nil: break
    }
    return []
  }

  private mutating func setQuery(_ query: String) {
    genes.query = query
    genes.arrange(by: rankedValues)
    if !query.isEmpty, let first = genes.shown.first { genes.selected = first }
  }

  private mutating func takeInSearch(
    _ key: Key, _ modifiers: InputEvent.Modifiers
  ) -> [ViewerEffect] {
    switch key {
    case .escape:
      isSearching = false
      setQuery("")
    case .character("c") where modifiers == .control:
      isSearching = false
      setQuery("")
    case .enter, .tab: isSearching = false
    case .backspace: setQuery(String(genes.query.dropLast()))
    case .character("u") where modifiers == .control: setQuery("")
    case .down: genes.move(by: 1)
    case .up: genes.move(by: -1)
    case .character(let character) where modifiers.subtracting(.shift).isEmpty:
      setQuery(genes.query + String(character))
    default: break
    }
    return []
  }

  // MARK: Overlays

  private mutating func takeInOverlay(
    _ key: Key, _ modifiers: InputEvent.Modifiers
  ) -> [ViewerEffect] {
    if key == .escape || (key == .character("c") && modifiers == .control) {
      overlay = nil
      return []
    }
    switch overlay {
    case .help(let query, let scroll):
      switch key {
      case .enter: overlay = nil
      case .down: overlay = .help(query: query, scroll: scroll + 1)
      case .up: overlay = .help(query: query, scroll: max(0, scroll - 1))
      case .pageDown: overlay = .help(query: query, scroll: scroll + 10)
      case .pageUp: overlay = .help(query: query, scroll: max(0, scroll - 10))
      case .backspace: overlay = .help(query: String(query.dropLast()), scroll: 0)
      case .character("?") where query.isEmpty: overlay = nil
      case .character("q") where query.isEmpty: overlay = nil
      case .character(let character): return take(typed: String(character))
      default: break
      }
    case .palette(let query, let selected):
      let found = Command.matching(query)
      switch key {
      case .enter:
        overlay = nil
        return found.indices.contains(selected) ? perform(found[selected]) : []
      case .down, .tab:
        overlay = .palette(query: query, selected: min(selected + 1, max(0, found.count - 1)))
      case .up: overlay = .palette(query: query, selected: max(0, selected - 1))
      case .backspace: overlay = .palette(query: String(query.dropLast()), selected: 0)
      case .character(let character): return take(typed: String(character))
      default: break
      }
    case .sections(let selected):
      let last = max(0, references.count - 1)
      switch key {
      case .enter:
        overlay = nil
        return open(section: selected)
      case .down, .character("j"): overlay = .sections(selected: min(selected + 1, last))
      case .up, .character("k"): overlay = .sections(selected: max(0, selected - 1))
      case .home, .character("g"): overlay = .sections(selected: 0)
      case .end, .character("G"): overlay = .sections(selected: last)
      case .character("q"), .character("o"): overlay = nil
      default: break
      }
    case .methods(let selected): return takeInMethods(key, selected)
    case .rankings(let selected): return takeInRankings(key, selected)
    case .origin(let origin): takeInOrigin(key, origin)
    case .prompt(var prompt):
      switch key {
      case .enter: return answer(prompt)
      case .backspace: prompt.text = String(prompt.text.dropLast())
      case .character("u") where modifiers == .control: prompt.text = ""
      case .character(let character) where modifiers.subtracting(.shift).isEmpty:
        prompt.text.append(character)
      default: return []
      }
      prompt.complaint = nil
      overlay = .prompt(prompt)
    case .confirm(var request):
      switch key {
      case .character("y"), .character("Y"):
        overlay = nil
        request.replacing = true
        return [.export(request)]
      case .character("n"), .character("N"), .character("q"):
        overlay = nil
        message = Message(text: "\(request.path) is as it was", kind: .note)
      default: break
      }
    case nil: break
    }
    return []
  }

  private mutating func takeInOrigin(_ key: Key, _ origin: Origin) {
    let last = lastScroll(of: origin)
    func scrolled(to line: Int) -> Overlay {
      var next = origin
      next.scroll = min(max(line, 0), last)
      return .origin(next)
    }
    switch key {
    case .character("i"), .character("q"), .enter: overlay = nil
    case .down, .character("j"): overlay = scrolled(to: origin.scroll + 1)
    case .up, .character("k"): overlay = scrolled(to: origin.scroll - 1)
    case .pageDown, .character(" "): overlay = scrolled(to: origin.scroll + max(1, rows - 6))
    case .pageUp: overlay = scrolled(to: origin.scroll - max(1, rows - 6))
    case .home, .character("g"): overlay = scrolled(to: 0)
    case .end, .character("G"): overlay = scrolled(to: last)
    default: break
    }
  }

  private mutating func takeInMethods(_ key: Key, _ selected: Int) -> [ViewerEffect] {
    let last = max(0, methods.count - 1)
    switch key {
    case .down, .character("j"): overlay = .methods(selected: min(selected + 1, last))
    case .up, .character("k"): overlay = .methods(selected: max(0, selected - 1))
    case .character("q"), .character("m"): overlay = nil
    case .character("a"): return perform(.addMethod)
    case .character("i"):
      if methods.indices.contains(selected) {
        overlay = .origin(
          Origin(subject: .method(methods[selected].method.name), section: sectionIndex))
      }
    case .enter, .character(" "):
      if methods.indices.contains(selected) { toggleMethod(selected) }
    case .character("A"):
      if methods.indices.contains(selected) {
        retryPredictions(of: [methods[selected].method.name])
      }
    case .character("x"):
      if methods.indices.contains(selected) {
        let effects = cancelPrediction(of: methods[selected].method.name)
        message = nil
        return effects
      }
    case .character("3"):
      if methods.indices.contains(selected) {
        let name = methods[selected].method.name
        toggle(.methodClusters(name))
        return clusterEffects(only: [.method(name)])
      }
    case .character(let digit):
      if let command = Command.bound(to: key, [], panelHasFocus: false),
        let index = command.methodIndex, methods.indices.contains(index), digit.isNumber
      {
        overlay = .methods(selected: index)
        toggleMethod(index)
      }
    default: break
    }
    return []
  }

  private mutating func takeInRankings(_ key: Key, _ selected: Int) -> [ViewerEffect] {
    let all = rankings
    switch key {
    case .enter, .character(" "):
      overlay = nil
      return all.indices.contains(selected) ? rank(by: all[selected]) : []
    // The key that opened it goes on down the list, and from its end to the top.
    case .character("r"), .tab: overlay = .rankings(selected: (selected + 1) % all.count)
    case .down, .character("j"): overlay = .rankings(selected: min(selected + 1, all.count - 1))
    case .up, .character("k"): overlay = .rankings(selected: max(0, selected - 1))
    case .home, .character("g"): overlay = .rankings(selected: 0)
    case .end, .character("G"): overlay = .rankings(selected: all.count - 1)
    case .character("R"): return perform(.reverseRanking)
    case .character("q"): overlay = nil
    case .character(let digit):
      guard let number = digit.wholeNumberValue, all.indices.contains(number - 1) else { break }
      overlay = nil
      return rank(by: all[number - 1])
    default: break
    }
    return []
  }

  private mutating func answer(_ prompt: Prompt) -> [ViewerEffect] {
    let text = prompt.text.trimmingCharacters(in: .whitespaces)
    func complain(_ complaint: String) -> Overlay {
      var again = prompt
      again.complaint = complaint
      return .prompt(again)
    }
    switch prompt.purpose {
    case .rename(let group):
      overlay = nil
      activeClusters?.rename(group, to: text.isEmpty ? clusterLetter(group) : text)
    case .merge(let group):
      let groups = activeClusters?.liveGroups.filter { $0 != group } ?? []
      let target =
        groups.first {
          clusterLetter($0) == text || activeClusters?.groups[$0].name == text
        } ?? groups.first { clusterLetter($0).lowercased() == text.lowercased() }
      guard let target else {
        overlay = complain("There is no cluster '\(text)'.")
        return []
      }
      overlay = nil
      activeClusters?.merge(group, into: target)
    case .export(let format):
      guard !text.isEmpty, let request = exportRequest(format, path: text) else {
        overlay = complain("Type the name of a file.")
        return []
      }
      overlay = nil
      return [.export(request)]
    case .method:
      if let complaint = addMethod(text) {
        overlay = complain(complaint)
      } else {
        overlay = nil
      }
    }
    return []
  }

  // MARK: Mouse

  private mutating func take(_ mouse: MouseEvent) -> [ViewerEffect] {
    let hit = frame().action(column: mouse.column, row: mouse.row)
    switch mouse.action {
    case .press(.left):
      dragStart = nil
      guard let hit else {
        overlay = nil
        return []
      }
      return click(hit.action, hit.area, mouse)
    case .drag:
      guard let start = dragStart, let loaded, let body = focusedBody else { return [] }
      var view = start.viewport
      view.centerX -= Double(mouse.column - start.column) * view.scale
      view.centerY -= Double(mouse.row - start.row) * 2 * view.scale
      if mouse.column != start.column || mouse.row != start.row {
        setViewport(view, body: body, layout: loaded.layout)
      }
    case .release: dragStart = nil
    case .scrollUp, .scrollDown: scroll(hit, mouse)
    case .press: break
    }
    return []
  }

  private mutating func click(
    _ action: ZoneAction, _ area: Rectangle, _ mouse: MouseEvent
  ) -> [ViewerEffect] {
    switch action {
    case .command(let command): return perform(command)
    case .gene(let gene):
      focus = .genes
      genes.selected = gene
    case .geneList: focus = .genes
    case .geneColumn(let column):
      geneColumn = column
      return perform(.nextRanking)
    case .score(let row, let method):
      // A second click on the chosen cell opens its section.
      if row == scoreRow, method == scoredMethod, mouse.row != scoreTable.heading.row {
        return openScored()
      }
      scoreRow = row
      compare(method)
    case .panel(let kind):
      focus = .panel(kind)
      compareFocused()
      guard let loaded else { return [] }
      if kind == .scatter {
        let plot = contents(of: [kind], loaded).first?.plot
        spot =
          plot.flatMap { spot(in: $0, column: mouse.column, row: mouse.row, body: area) } ?? spot
        return []
      }
      let view = viewport(columns: area.columns, rows: area.rows, layout: loaded.layout)
      dragStart = (mouse.column, mouse.row, view)
      let position = imagePosition(of: mouse, in: area, view)
      spot = loaded.layout.nearest(x: position.x, y: position.y, within: loaded.layout.pitch)
    case .panelTitle(let kind):
      focus = .panel(kind)
      return perform(.maximize)
    case .overlayLine(let line):
      switch overlay {
      case .sections:
        overlay = nil
        return open(section: line)
      case .palette(let query, _):
        let found = Command.matching(query)
        overlay = nil
        return found.indices.contains(line) ? perform(found[line]) : []
      case .methods:
        overlay = .methods(selected: line)
        if methods.indices.contains(line) { toggleMethod(line) }
      case .rankings:
        overlay = nil
        let all = rankings
        return all.indices.contains(line) ? rank(by: all[line]) : []
      default: break
      }
    case .nothing: break
    }
    return []
  }

  private mutating func scroll(_ hit: (area: Rectangle, action: ZoneAction)?, _ mouse: MouseEvent) {
    let direction = mouse.action == .scrollUp ? -1 : 1
    if case .help(let query, let scroll) = overlay {
      overlay = .help(query: query, scroll: max(0, scroll + 2 * direction))
      return
    }
    if case .origin(let origin) = overlay {
      takeInOrigin(direction < 0 ? .up : .down, origin)
      return
    }
    guard overlay == nil else { return }
    if display == .scores { moveScoreRow(by: direction) }
    guard let hit else { return }
    switch hit.action {
    case .geneColumn: genes.move(by: direction)
    case .gene, .geneList: genes.move(by: direction)
    case .panel(let kind):
      guard let loaded, kind != .scatter else { return }
      let view = viewport(columns: hit.area.columns, rows: hit.area.rows, layout: loaded.layout)
      let position = imagePosition(of: mouse, in: hit.area, view)
      setViewport(
        view.zoomed(by: direction < 0 ? 1.25 : 0.8, aroundX: position.x, y: position.y),
        body: hit.area, layout: loaded.layout)
    default: break
    }
  }

  /// The image position in the middle of the cell under the pointer.
  private func imagePosition(
    of mouse: MouseEvent, in area: Rectangle, _ view: Viewport
  ) -> (x: Double, y: Double) {
    view.imagePosition(
      pointX: Double(mouse.column - area.column),
      pointY: Double(2 * (mouse.row - area.row)) + 0.5, width: area.columns,
      height: area.rows * 2)
  }
}

extension Command {
  /// Commands whose name or help has all the words of a query, in the table's order.
  static func matching(_ query: String) -> [Command] {
    let words = query.lowercased().split(separator: " ")
    return allCases.filter { command in
      let entry = command.entry
      let text = "\(entry.help) \(entry.hint) \(entry.topic.rawValue) \(entry.keys)".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }
}
