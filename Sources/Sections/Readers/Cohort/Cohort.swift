import Foundation

/// Slides of patients with what became of them: times and events, clinical values, responses.
///
/// Read from a table with tabs or commas and a header, a slide a row. See ``CohortColumns`` for how
/// columns are told. Empty cells, `NA`, `N/A`, `NaN`, `null`, `unknown`, `-` and `.` are missing.
public struct Cohort: Sendable, Hashable {
  /// How long a patient was followed, and whether the event came at the end of it.
  public struct Outcome: Sendable, Hashable {
    /// In the table's unit, above 0.
    public var time: Double
    /// False for a patient who is censored.
    public var event: Bool

    /// Takes both.
    public init(time: Double, event: Bool) {
      self.time = time
      self.event = event
    }
  }

  /// One row.
  public struct Slide: Sendable, Hashable {
    /// The path or name of the slide as the table has it, unique.
    public var name: String
    /// The line in the table, from 1.
    public var line: Int
    /// What became of the patient; nil where the time or the event is missing.
    public var outcome: Outcome?
    /// The index of the response's class in ``Cohort/responses``; nil where it is missing.
    public var response: Int?
    /// A number for each of ``Cohort/clinical``: the value itself, or the index of its category;
    /// nil where it is missing.
    public var clinical: [Double?]
  }

  /// A column of clinical values.
  public struct ClinicalColumn: Sendable, Hashable {
    /// As the header has it.
    public var name: String
    /// The words, in alphabetical order, whose indices are the values; nil for a column of numbers.
    public var categories: [String]?
  }

  /// The table's file.
  public var url: URL
  /// In the table's order.
  public var slides: [Slide]
  /// In the table's order.
  public var clinical: [ClinicalColumn]
  /// The classes of response, in alphabetical order; empty without such a column.
  public var responses: [String]
  /// What is missing or was left out, a sentence each.
  public var notes: [String]

  /// Where a slide's file or folder is: its name, seen from the table's folder.
  public func url(of slide: Slide) -> URL {
    URL(filePath: slide.name, relativeTo: url.deletingLastPathComponent()).absoluteURL
  }

  /// The slides whose outcome is known.
  public var followed: [Slide] { slides.filter { $0.outcome != nil } }
}
