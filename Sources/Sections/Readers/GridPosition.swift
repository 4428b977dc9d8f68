import Foundation

/// A place on a section's lattice: what joins counts, spots and labels.
struct GridPosition: Hashable, Sendable {
  var column: Int
  var row: Int

  init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }

  /// Rounds coordinates half to even, as the authors' loaders do; nil where they are not numbers,
  /// round to less than zero, or are a million and more, which no array has.
  init?(x: Double, y: Double) {
    let x = x.rounded(.toNearestOrEven)
    let y = y.rounded(.toNearestOrEven)
    guard x >= 0, y >= 0, x < 1e6, y < 1e6 else { return nil }
    column = Int(x)
    row = Int(y)
  }

  /// Reads a legacy ST spot name: `10x21`, or `10.064x21.086` for adjusted coordinates.
  init?(spotName name: String) {
    let parts = name.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(isPlainNumber),
      let x = Double(parts[0]), let y = Double(parts[1])
    else { return nil }
    self.init(x: x, y: y)
  }

  /// The key as the authors write it, such as `10x21`.
  var name: String { "\(column)x\(row)" }
}

/// Digits with at most one point among them, perhaps after a minus: no exponents, no `nan`.
private func isPlainNumber(_ text: Substring) -> Bool {
  var digits = 0
  var points = 0
  for (index, byte) in text.utf8.enumerated() {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
    case UInt8(ascii: "."): points += 1
    case UInt8(ascii: "-") where index == 0: break
    default: return false
    }
  }
  return digits > 0 && points <= 1
}
