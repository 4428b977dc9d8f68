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
    return perform(isImageAlone ? command.onImageAlone : command)
  }

  /// Escape undoes one thing at a time: a message, the focused panel's prediction under way, a
  /// search, a table, a maximized panel, the focus.
  private mutating func goBack() -> [ViewerEffect] {
    if message != nil {
      message = nil
    } else if display != .compare, display != .genes || genes.query.isEmpty {
      display = .compare
    } else if let name = focusedMethod, method(named: name)?.isPredicting == true {
      return cancelPrediction(of: name)
    } else if focus == .panel(.tumour), tumour?.isMapping == true {
      return cancelTumour()
    } else if asksForDrivers {
      return cancelDrivers()
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

  mutating func take(typed text: String) -> [ViewerEffect] {
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
    case .sections, .methods, .rankings, .exports, .origin, .confirm, nil: break
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
}
