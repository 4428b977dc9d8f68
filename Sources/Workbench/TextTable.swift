import Drawing
import Foundation

/// Rows of words and numbers in columns: words to the left, numbers to the right.
struct TextTable {
  private let headings: [String]
  private let wordColumns: Int
  private var rows: [[String]] = []

  /// - Parameter words: how many of the columns, from the first on, are words.
  init(_ headings: [String], words: Int) {
    self.headings = headings
    wordColumns = words
  }

  /// Adds a row, as long as the headings.
  mutating func add(_ row: [String]) {
    precondition(row.count == headings.count, "\(row.count) cells under \(headings.count) headings")
    rows.append(row)
  }

  /// Whether nothing was added.
  var isEmpty: Bool { rows.isEmpty }

  /// The headings and rows; columns without a single cell are left out.
  var lines: [String] {
    let kept = headings.indices.filter { column in
      rows.isEmpty || rows.contains { !$0[column].isEmpty }
    }
    let widths = kept.map { column in
      ([headings] + rows).map { $0[column].columns }.max() ?? 0
    }
    return ([headings] + rows).map { row in
      let cells = zip(kept, widths).map { column, width in
        row[column].fitted(to: width, alignedRight: column >= wordColumns)
      }
      return cells.joined(separator: "  ").trimmingTrailingSpaces
    }
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension Double? {
  /// So many digits behind the point, without a sign before zero; a dash for no number.
  func text(_ decimals: Int = 3) -> String {
    guard let value = self, value.isFinite else { return "–" }
    let factor = pow(10, Double(decimals))
    return String(format: "%.\(decimals)f", (value * factor).rounded() / factor + 0)
  }
}
