import Foundation

/// Which columns of a cohort's table are which.
///
/// What is not named is told by the usual names, in any case: `slide`, `section`, `path`, `file`,
/// `image`, `slide_id`, `sample` for the slide; `time`, `os_time`, `survival_time`, `os`,
/// `futime`, `days`, `months`, `years` for the time; `event`, `status`, `os_event`, `os_status`,
/// `vital_status`, `fustat`, `dead`, `death` for the event; `response` for the class of response.
/// All others are clinical values.
public struct CohortColumns: Sendable, Hashable {
  /// Each row's slide or section, by path or name.
  public var slide: String?
  /// How long the patient was followed.
  public var time: String?
  /// Whether the event came.
  public var event: String?
  /// The class of response to a treatment.
  public var response: String?
  /// Clinical values; nil for every column that is nothing else.
  public var clinical: [String]?

  /// Tells all columns by the usual names.
  public init() {}

  fileprivate static let slideNames = [
    "slide", "section", "path", "file", "image", "slide_id", "sample",
  ]
  fileprivate static let timeNames = [
    "time", "os_time", "survival_time", "os", "futime", "days", "months", "years",
  ]
  fileprivate static let eventNames = [
    "event", "status", "os_event", "os_status", "vital_status", "fustat", "dead", "death",
  ]
  fileprivate static let responseNames = ["response"]
}

/// The places of the columns in one table.
struct CohortPlaces {
  var slide: Int
  var time, event, response: Int?
  var clinical: [Int]

  init(_ columns: CohortColumns, in table: NamedColumns) throws(SectionError) {
    func place(_ named: String?, _ usual: [String]) throws(SectionError) -> Int? {
      if let named { return try table.column(named) }
      let names = table.header.map { $0.lowercased() }
      return usual.lazy.compactMap { names.firstIndex(of: $0) }.first
    }
    let slide = try place(columns.slide, CohortColumns.slideNames)
    time = try place(columns.time, CohortColumns.timeNames)
    event = try place(columns.event, CohortColumns.eventNames)
    response = try place(columns.response, CohortColumns.responseNames)
    guard let slide else {
      throw Self.missing("slide", "Name it slide, or say which it is.", in: table)
    }
    self.slide = slide
    if (time == nil) != (event == nil) {
      let (missing, found) = time == nil ? ("time", "event") : ("event", "time")
      throw Self.missing(
        missing, "The \(found) alone tells nothing: add the \(missing), or say which it is.",
        in: table)
    }
    guard time != nil || response != nil else {
      throw Self.missing("time", "Name columns time and event, or response.", in: table)
    }
    let taken = Set([slide, time, event, response].compactMap(\.self))
    if let named = columns.clinical {
      clinical = []
      for name in named { clinical.append(try table.column(name)) }
    } else {
      clinical = table.header.indices.filter { !taken.contains($0) }
    }
  }

  private static func missing(
    _ meaning: String, _ advice: String, in table: NamedColumns
  ) -> SectionError {
    SectionError(
      file: table.url, line: 1,
      problem: "has no column for the \(meaning); its columns are "
        + "\(listed(table.header, showing: 12)). \(advice)")
  }
}
