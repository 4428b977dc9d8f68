import Foundation
import TestSupport
import Testing

@testable import Sections

private let table = """
  Slide\tTime\tStatus\tage\tstage\tpatient\tresponse
  s/1.jpg\t12.5\tdead\t61\tII\tP1\tpartial
  s/2.jpg\t3\tAlive\t\tI\tP2\tNA
  s/3.jpg\tNA\t0\t70\tII\tP3\tcomplete
  s/4.jpg\t7\tN/A\t55\tunknown\tP4\tnull

  """

@Suite struct CohortTests {
  let folder = TemporaryFolder()

  private func read(_ text: String, _ columns: CohortColumns = .init()) throws -> Cohort {
    try Cohort(reading: folder.write(text, to: "cohort.tsv"), columns: columns)
  }

  @Test func `outcomes, clinical values and responses are told by their columns' names`() throws {
    let found = try read(table)
    #expect(found.slides.map(\.name) == ["s/1.jpg", "s/2.jpg", "s/3.jpg", "s/4.jpg"])
    #expect(
      found.slides.map(\.outcome) == [
        .init(time: 12.5, event: true), .init(time: 3, event: false), nil, nil,
      ])
    #expect(found.followed.count == 2)
    #expect(found.clinical.map(\.name) == ["age", "stage"])
    #expect(found.clinical.map(\.categories) == [nil, ["I", "II"]])
    #expect(found.slides.map(\.clinical) == [[61, 1], [nil, 0], [70, 1], [55, nil]])
    #expect(found.responses == ["complete", "partial"])
    #expect(found.slides.map(\.response) == [1, nil, 0, nil])
    #expect(
      found.notes == [
        "2 slides without a time or an event.", "2 slides without a response.",
        "2 slides without some of the clinical values.",
        "'patient' has another word in every row, so it is taken for names and left out.",
      ])
    #expect(
      found.url(of: found.slides[0]).path == folder.url.appending(path: "s/1.jpg").path)
  }

  @Test func `columns may be named, and clinical ones chosen`() throws {
    var columns = CohortColumns()
    columns.slide = "id"
    columns.time = "pfs"
    columns.event = "came"
    columns.clinical = ["grade"]
    let found = try read("id,pfs,came,grade,time\nA,1,yes,3,9\nB,2,no,1,9\n", columns)
    #expect(found.followed.map(\.outcome?.time) == [1, 2])
    #expect(found.followed.map(\.outcome?.event) == [true, false])
    #expect(found.clinical.map(\.name) == ["grade"] && found.responses.isEmpty)
  }

  @Test func `responses alone are a cohort too`() throws {
    let found = try read("section\tresponse\nA1\tyes\nB1\tnone\n")
    #expect(found.responses == ["none", "yes"] && found.followed.isEmpty && found.notes.isEmpty)
  }

  @Test(arguments: [
    ("", ": is empty."),
    ("slide\ttime\tevent\n", ": has a header but no slides below it."),
    ("time\tevent\n1\t1\n", ":1: has no column for the slide; its columns are 'time', 'event'."),
    ("slide\tage\nA\t3\n", ":1: has no column for the time; its columns are 'slide', 'age'."),
    ("slide\ttime\nA\t3\n", ":1: has no column for the event;"),
    ("slide\tevent\nA\t1\n", ":1: has no column for the time;"),
    (
      "slide\ttime\tevent\nA\t-3\t1\n",
      ":2: slide 'A' has the time '-3'. Times are numbers above 0: mend it, or leave it empty"
    ),
    ("slide\ttime\tevent\nA\t0\t1\n", ":2: slide 'A' has the time '0'."),
    ("slide\ttime\tevent\nA\tinf\t1\n", ":2: slide 'A' has the time 'inf'."),
    ("slide\ttime\tevent\nA\tsoon\t1\n", ":2: slide 'A' has the time 'soon'."),
    (
      "slide\ttime\tevent\nA\t1\t2\n",
      ":2: slide 'A' has the event '2'. Write 1 where the event came and 0 where the patient is"
    ),
    ("slide\ttime\tevent\nA\t1\t1\n\t2\t1\n", ":3: has no slide. Write its path or name"),
    (
      "slide\ttime\tevent\nA\t1\t1\nB\t2\t0\nA\t2\t1\n",
      ":4: slide 'A' appears twice; its first row is line 2. Remove one of the two."
    ),
    ("slide\ttime\tevent\nA\t1\n", ":2: has 2 cells, the header names 3 columns."),
  ])
  func `a table that tells too little is refused`(text: String, problem: String) {
    let found = message { _ = try read(text) }
    #expect(found?.contains("cohort.tsv\(problem)") == true, "\(found ?? "read")")
  }

  @Test func `a column that is named must be there`() {
    var columns = CohortColumns()
    columns.time = "pfs"
    let found = message { _ = try read(table, columns) }
    #expect(found?.contains("cohort.tsv:1: has no column 'pfs';") == true)
  }
}
