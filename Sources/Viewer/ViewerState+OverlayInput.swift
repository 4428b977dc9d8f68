import Drawing
import Foundation
import Workbench

/// Keys while an overlay is open.
extension ViewerState {
  mutating func takeInOverlay(
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
    case .exports(let selected): return takeInExports(key, selected)
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

  mutating func takeInOrigin(_ key: Key, _ origin: Origin) {
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
    case .export(let kind):
      switch export(kind, to: text) {
      case .failure(let problem): overlay = complain(problem.text)
      case .success(let request):
        overlay = nil
        message = Message(text: "Writing \(request.path) …", kind: .note)
        return [.export(request)]
      }
    case .method:
      if let complaint = addMethod(text) {
        overlay = complain(complaint)
      } else {
        overlay = nil
      }
    }
    return []
  }
}
