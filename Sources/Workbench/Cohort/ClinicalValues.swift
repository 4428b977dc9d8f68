import Foundation
import Sections

/// A cohort's clinical columns as numbers that a network reads.
///
/// A column of numbers is one value, a column of two words one, and one of more words a value for each
/// word. Each is taken less its mean and divided by its standard deviation over the patients in whom it
/// is known; where it is not known it is 0, the mean. Columns that are the same in all are left out.
struct ClinicalValues {
  /// The most words of one column.
  static let mostWords = 12

  /// What each value is, such as `age` or `stage III`.
  private(set) var names: [String] = []
  /// A row a patient.
  private(set) var rows: [[Float]]
  /// How many values were not known.
  private(set) var filled = 0

  init(of slides: [Cohort.Slide], in cohort: Cohort) throws(WorkbenchError) {
    rows = slides.map { _ in [] }
    for (place, column) in cohort.clinical.enumerated() {
      let values = slides.map { $0.clinical[place] }
      filled += values.count { $0 == nil }
      guard let words = column.categories else {
        add(column.name, values)
        continue
      }
      guard words.count <= Self.mostWords else {
        throw WorkbenchError(
          "\(cohort.url.lastPathComponent): column \(quoted(column.name)) has \(words.count) "
            + "different words, too many to learn from. Leave it out: name the columns that count "
            + "with --clinical.")
      }
      for (index, word) in words.enumerated() where words.count > 2 || index == 1 {
        add("\(column.name) \(word)", values.map { $0.map { Int($0) == index ? 1 : 0 } })
      }
    }
  }

  private mutating func add(_ name: String, _ values: [Double?]) {
    let known = values.compactMap(\.self)
    let mean = known.reduce(0, +) / Double(max(known.count, 1))
    let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(max(known.count, 1))).squareRoot()
    guard deviation > 1e-9 * max(abs(mean), 1) else { return }
    names.append(name)
    for (row, value) in values.enumerated() {
      rows[row].append(value.map { Float(($0 - mean) / deviation) } ?? 0)
    }
  }
}
