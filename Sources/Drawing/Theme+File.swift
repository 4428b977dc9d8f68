import CResources

extension Theme {
  /// Reads the text of a `.theme` file: `role = colour` lines and `#` comments.
  ///
  /// A role that is missing keeps the default theme's colour. Whatever is not understood is left
  /// out and told as a warning with its line.
  public init(name: String, text: String, warnings: inout [String]) {
    // The default theme itself is complete: nothing is missing from it.
    var paints: [Role: Paint] = [:]
    var rampColors: [String: Color] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let line = line.trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      let parts = line.split(separator: "=", maxSplits: 1).map(\.trimmed)
      guard parts.count == 2 else {
        warnings.append("\(name).theme:\(index + 1): '\(line)' is not of the form role = colour.")
        continue
      }
      guard let paint = Paint(parts[1]) else {
        warnings.append(
          "\(name).theme:\(index + 1): '\(parts[1])' is not a colour; write #rrggbb, a terminal "
            + "colour such as bright-red, or default.")
        continue
      }
      if let role = Role.allCases.first(where: { $0.fileName == parts[0] }) {
        paints[role] = paint
      } else if rampKeys.contains(parts[0]), case .color(let color) = paint {
        rampColors[parts[0]] = color
      } else {
        warnings.append("\(name).theme:\(index + 1): there is no role '\(parts[0])'.")
      }
    }
    if paints.count < Role.allCases.count, name != Theme.defaultName {
      for role in Role.allCases where paints[role] == nil { paints[role] = Theme.standard[role] }
    }
    self.init(name: name, paints: paints)
    let anchors = rampKeys.compactMap { rampColors[$0] }
    if rampColors["ramp-start"] != nil, rampColors["ramp-end"] != nil {
      ramp = ColorRamp(name: name, anchors: anchors.map(\.value))
    }
  }

  /// The theme used when none is asked for.
  public static let defaultName = "eosin-dark"

  /// The themes built into the program, the default first.
  public static let builtIn: [Theme] = {
    var themes: [Theme] = []
    var ignored: [String] = []  // a test shows that built-in files give no warnings
    while true {
      let entry = unsafe eosin_builtin_theme(themes.count)
      guard let name = unsafe entry.name, let start = unsafe entry.text else { return themes }
      // Safety: the C array lives as long as the program and has the length given beside it.
      let bytes = unsafe UnsafeBufferPointer(start: start, count: entry.length)
      let text = unsafe String(decoding: bytes, as: UTF8.self)
      themes.append(Theme(name: unsafe String(cString: name), text: text, warnings: &ignored))
    }
  }()

  /// The default theme, complete in every role.
  public static var standard: Theme { defaultTheme }
  private static let defaultTheme: Theme = {
    let entry = unsafe eosin_builtin_theme(0)
    // Safety: index 0 always exists, and the array lives as long as the program.
    let bytes = unsafe UnsafeBufferPointer(start: entry.text, count: entry.length)
    var ignored: [String] = []
    return Theme(
      name: defaultName, text: unsafe String(decoding: bytes, as: UTF8.self), warnings: &ignored)
  }()
}

private let rampKeys = ["ramp-start", "ramp-mid", "ramp-end"]

extension Role {
  /// The role's name in a theme file: `selection-text` for `selectionText`.
  public var fileName: String {
    String(describing: self).reduce(into: "") { name, character in
      name += character.isUppercase ? "-" + character.lowercased() : String(character)
    }
  }
}

extension Theme.Paint {
  private static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
  ]

  /// Reads `#rrggbb`, `default`, or one of the terminal's sixteen by name.
  public init?(_ text: String) {
    if text == "default" {
      self = .terminalDefault
    } else if let color = Color(hex: text) {
      self = .color(color)
    } else if text.hasPrefix("bright-"),
      let index = Self.names.firstIndex(of: String(text.dropFirst(7)))
    {
      self = .palette(index + 8)
    } else if let index = Self.names.firstIndex(of: text) {
      self = .palette(index)
    } else {
      return nil
    }
  }
}

extension StringProtocol {
  /// The text without spaces, tabs and carriage returns around it.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    return String(text)
  }
}
