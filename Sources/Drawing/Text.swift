extension String {
  /// The text in at most `width` cells, its middle replaced by `…` when it is longer.
  public func shortened(to width: Int) -> String {
    let length = columns
    guard length > width else { return self }
    guard width > 0 else { return "" }
    guard width > 2 else { return String(prefix(width - 1)) + "…" }
    let head = width / 2
    return String(prefix(head)) + "…" + String(suffix(width - head - 1))
  }

  /// The text in exactly `width` cells: shortened in the middle or filled up with spaces.
  public func fitted(to width: Int, alignedRight: Bool = false) -> String {
    let text = shortened(to: width)
    let filling = String(repeating: " ", count: max(0, width - text.columns))
    return alignedRight ? filling + text : text + filling
  }
}

extension String {
  /// The text in lines of at most `width` characters, broken at spaces; long words are cut.
  public func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      var word = String(word)
      while word.count > width {
        if !line.isEmpty { lines.append(line) }
        line = ""
        lines.append(String(word.prefix(width)))
        word = String(word.dropFirst(width))
      }
      if line.isEmpty {
        line = word
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = word
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}
