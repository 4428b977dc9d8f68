/// `1 spot`, `2 spots`, `1,234 spots`.
func counted(_ count: Int, _ noun: String) -> String {
  "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
}

/// A number with commas between thousands.
func grouped(_ number: Int) -> String {
  var digits = String(number.magnitude)
  var end = digits.count - 3
  while end > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: end))
    end -= 3
  }
  return number < 0 ? "-" + digits : digits
}

/// A name out of a file as a message shows it: in quotes, shortened in the middle, and without
/// what could steer a terminal.
public func quoted(_ name: some StringProtocol) -> String { "'\(harmless(name, limit: 80))'" }

/// Text as a message shows it: shortened in the middle to so many scalars, and without what could
/// steer a terminal.
func harmless(_ text: some StringProtocol, limit: Int) -> String {
  // A file may hold a name of a gigabyte; only its ends are looked at.
  let isLong = text.unicodeScalars.count > limit
  let shown =
    isLong
    ? Array(text.unicodeScalars.prefix(limit / 2)) + ["…"]
      + Array(text.unicodeScalars.suffix(limit / 2 - 1))
    : Array(text.unicodeScalars)
  var result = String.UnicodeScalarView()
  for scalar in shown {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
      result.append("\u{FFFD}")
    default: result.append(scalar)
    }
  }
  return String(result)
}

/// The first few names in quotes: `'a', 'b', 'c' and 4 more`.
func listed(_ names: [String], showing limit: Int = 3) -> String {
  let shown = names.prefix(limit).map(quoted).joined(separator: ", ")
  return names.count > limit ? "\(shown) and \(grouped(names.count - limit)) more" : shown
}

/// The name that is meant by a misspelt one: the same but for case, or few edits away.
///
/// A name of more than a hundred characters is nobody's slip and has none.
public func nearest(to name: String, among names: [String]) -> String? {
  guard name.utf8.count <= 400, name.count <= 100 else { return nil }
  let wanted = Array(name.lowercased())
  let candidates = names.map { (name: $0, distance: editDistance(wanted, Array($0.lowercased()))) }
  guard let best = candidates.min(by: { $0.distance < $1.distance }),
    best.distance <= max(1, wanted.count / 3)
  else { return nil }
  return best.name
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one into the other
/// (optimal string alignment).
private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for (i, a) in first.enumerated() {
    var current = [i + 1]
    for (j, b) in second.enumerated() {
      var distance = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, a == second[j - 1], first[i - 1] == b {
        distance = min(distance, beforeLast[j - 1] + 1)
      }
      current.append(distance)
    }
    (beforeLast, last) = (last, current)
  }
  return last[second.count]
}
