import Drawing

extension InputEvent {
  /// A short line that tests look for on the screen, such as `key ctrl-up`.
  var text: String {
    switch self {
    case .key(.character(let character), let modifiers): "key \(modifiers.text)\(character)"
    case .key(let key, let modifiers): "key \(modifiers.text)\(key)"
    case .mouse(let event):
      "mouse \(event.modifiers.text)\(event.action.text) \(event.column),\(event.row)"
    case .paste(let text): "paste \(text.split(separator: "\n").joined(separator: "/"))"
    case .resize(let columns, let rows): "resize \(columns)x\(rows)"
    case .hangUp: "hang up"
    }
  }
}

extension InputEvent.Modifiers {
  fileprivate var text: String {
    (contains(.control) ? "ctrl-" : "") + (contains(.alt) ? "alt-" : "")
      + (contains(.shift) ? "shift-" : "")
  }
}

extension MouseEvent.Action {
  fileprivate var text: String {
    switch self {
    case .press(let button): "press \(button)"
    case .release: "release"
    case .drag(let button): "drag \(button)"
    case .scrollUp: "scroll up"
    case .scrollDown: "scroll down"
    }
  }
}
