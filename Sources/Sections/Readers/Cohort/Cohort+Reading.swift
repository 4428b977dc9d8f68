import Foundation

private let missingWords: Set<String> = [
  "", "na", "n/a", "nan", "null", "unknown", "-", ".", "not available", "not reported",
]
private let eventWords: Set<String> = [
  "1", "1.0", "true", "yes", "y", "event", "dead", "died", "deceased", "death", "progressed",
  "progression", "relapse", "relapsed", "recurred", "1:deceased", "1:progressed", "1:recurred",
]
private let censoredWords: Set<String> = [
  "0", "0.0", "false", "no", "n", "censored", "alive", "living", "0:living", "0:censored",
  "disease-free", "0:disease-free",
]

extension Cohort {
  /// Reads a plain or gzipped table.
  ///
  /// - Throws: the file, the line, what was found and what to do, for a table without the columns
  ///   asked for, without rows, with a slide twice or none, with a time that is not above 0, or
  ///   with an event that is neither of two kinds.
  public init(
    reading url: URL, columns: CohortColumns = CohortColumns()
  ) throws(SectionError) {
    let table = try NamedColumns(reading: url)
    let places = try CohortPlaces(columns, in: table)
    guard !table.rows.isEmpty else {
      throw SectionError(
        file: url, problem: "has a header but no slides below it. Write a slide a row.")
    }
    self.url = url
    notes = []
    let clinical = places.clinical.map { ClinicalReading(of: $0, in: table) }
    let kept = clinical.filter { !$0.isOfNames }
    self.clinical = kept.map { ClinicalColumn(name: $0.name, categories: $0.categories) }
    let classes = places.response.map { place in
      Set(table.rows.compactMap { known($0.cells[place]) }).sorted()
    }
    responses = classes ?? []
    slides = []
    for (index, row) in table.rows.enumerated() {
      let outcome = try Self.outcome(of: row, places, in: table)
      let response = places.response.flatMap { known(row.cells[$0]) }
      slides.append(
        Slide(
          name: row.cells[places.slide], line: row.line, outcome: outcome,
          response: response.flatMap { responses.firstIndex(of: $0) },
          clinical: kept.map { $0.values[index] }))
    }
    try checkNames()
    addNotes(leftOut: clinical.filter(\.isOfNames).map(\.name), hasOutcomes: places.time != nil)
  }

  private static func outcome(
    of row: NamedColumns.Row, _ places: CohortPlaces, in table: NamedColumns
  ) throws(SectionError) -> Outcome? {
    guard let timePlace = places.time, let eventPlace = places.event else { return nil }
    let slide = quoted(row.cells[places.slide])
    var time: Double?
    if let cell = known(row.cells[timePlace]) {
      guard let number = finiteNumber(cell), number > 0 else {
        throw SectionError(
          file: table.url, line: row.line,
          problem:
            "slide \(slide) has the time \(quoted(cell)). Times are numbers above 0: mend it, "
            + "or leave it empty where nobody knows.")
      }
      time = number
    }
    var event: Bool?
    if let cell = known(row.cells[eventPlace]) {
      let word = cell.lowercased()
      guard eventWords.contains(word) || censoredWords.contains(word) else {
        throw SectionError(
          file: table.url, line: row.line,
          problem:
            "slide \(slide) has the event \(quoted(cell)). Write 1 where the event came and 0 "
            + "where the patient is censored.")
      }
      event = eventWords.contains(word)
    }
    guard let time, let event else { return nil }
    return Outcome(time: time, event: event)
  }

  private func checkNames() throws(SectionError) {
    if let nameless = slides.first(where: { $0.name.isEmpty }) {
      throw SectionError(
        file: url, line: nameless.line,
        problem: "has no slide. Write its path or name, or remove the line.")
    }
    var lineOfName: [String: Int] = [:]
    for slide in slides {
      guard let first = lineOfName.updateValue(slide.line, forKey: slide.name) else { continue }
      throw SectionError(
        file: url, line: slide.line,
        problem:
          "slide \(quoted(slide.name)) appears twice; its first row is line \(first). Remove "
          + "one of the two.")
    }
  }

  private mutating func addNotes(leftOut: [String], hasOutcomes: Bool) {
    func say(_ count: Int, _ rest: String) {
      if count > 0 { notes.append("\(counted(count, "slide")) \(rest).") }
    }
    if hasOutcomes { say(slides.count { $0.outcome == nil }, "without a time or an event") }
    if !responses.isEmpty { say(slides.count { $0.response == nil }, "without a response") }
    say(slides.count { $0.clinical.contains(nil) }, "without some of the clinical values")
    if !leftOut.isEmpty {
      notes.append(
        "\(listed(leftOut)) \(leftOut.count == 1 ? "has" : "have") another word in every row, so "
          + "\(leftOut.count == 1 ? "it is" : "they are") taken for names and left out.")
    }
  }
}

/// One clinical column as numbers.
private struct ClinicalReading {
  let name: String
  let categories: [String]?
  let values: [Double?]
  /// Whether it tells rows apart and nothing else, as a patient's name does.
  let isOfNames: Bool

  init(of place: Int, in table: NamedColumns) {
    name = table.header[place]
    let cells = table.rows.map { known($0.cells[place]) }
    let present = cells.compactMap(\.self)
    if present.allSatisfy({ finiteNumber($0) != nil }) {
      categories = nil
      values = cells.map { $0.flatMap(finiteNumber) }
      isOfNames = false
    } else {
      let words = Set(present).sorted()
      categories = words
      let index = Dictionary(uniqueKeysWithValues: zip(words, words.indices))
      values = cells.map { $0.flatMap { index[$0] }.map(Double.init) }
      isOfNames = words.count == present.count && present.count > 2
    }
  }
}

/// A cell's text; nil where it says that nothing is known.
private func known(_ cell: String) -> String? {
  missingWords.contains(cell.lowercased()) ? nil : cell
}
