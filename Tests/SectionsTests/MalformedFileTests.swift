import Foundation
import TestSupport
import Testing

@testable import Sections

/// One defect a file. Runs only where the shared data lies beside the project; the same defects,
/// made up small, are in `CountTableTests`, `GzipFileTests` and `LegacySTReaderTests`.
@Suite(.enabled(if: SharedFiles.hasData)) struct MalformedFileTests {
  static let folder = SharedFiles.data.appending(path: "malformed")

  func read(_ counts: String, spots: String? = "spots_ok.tsv") throws -> Section {
    try LegacySTReader.read(
      SectionReference(
        name: "C2", patient: "C", counts: Self.folder.appending(path: counts),
        spots: spots.map { Self.folder.appending(path: $0) }))
  }

  @Test(arguments: [
    "ok_300genes.tsv.gz", "comma_separated.tsv", "crlf.tsv", "float_spot_names.tsv",
    "gzip_multimember.tsv.gz", "header_no_leading_tab.tsv", "plain_text_named.tsv.gz",
    "transposed.tsv", "utf8_bom.tsv", "duplicate_genes.tsv", "excel_date_genes.tsv",
  ])
  func `what can be read is read as the sound file`(name: String) throws {
    let sound = try read("ok_300genes.tsv")
    #expect(sound.spots.count == 187 && sound.genes.count == 300 && sound.notes.isEmpty)
    let found = try read(name)
    #expect(found.counts == sound.counts)
    #expect(found.spots.map(\.column) == sound.spots.map(\.column))
    #expect(found.spots.map(\.x) == sound.spots.map(\.x))
    switch name {
    case "duplicate_genes.tsv":
      #expect(
        found.notes == [
          "2 gene names came more than once and got a number: 'FO538757.1-1', 'FO538757.1-2'."
        ])
    case "excel_date_genes.tsv":
      #expect(
        found.notes == [
          "6 gene names look like dates, as Excel makes of MARCHF1 or SEPTIN1: "
            + "'1-Mar', '2-Mar', '1-Sep' and 3 more."
        ])
    case "transposed.tsv": #expect(found.notes.count == 1 && found.genes == sound.genes)
    case "float_spot_names.tsv": #expect(found.spots[0].id == "10.064x21.086")
    default: #expect(found.notes.isEmpty && found.genes == sound.genes)
    }
  }

  @Test(arguments: [
    ("bad_spot_names.tsv", ":4: spot 'spotA' does not say where it is."),
    ("duplicate_spots.tsv", "appears twice; its first row is line"),
    ("empty.tsv", ": is empty. Export the matrix again."),
    ("gzip_bad_crc.tsv.gz", ": is damaged: its checksum does not match. Download it again."),
    ("header_only.tsv", ": has a header but no rows below it."),
    ("odd_numbers.tsv", ":4: spot '10x23', gene 'KLHL17': 'NaN' is not a count."),
    (
      "ragged_rows.tsv",
      ":6: spot '11x22' has 149 counts, the header names 300 genes. Export the matrix again."
    ),
    ("truncated_gzip.tsv.gz", ": ends early: 547605 bytes are not all of it. Download it again."),
    ("not_hdf5.h5", "not_hdf5.h5"),
    ("truncated.png", ": is not text."),
    ("truncated.h5", ": is not text."),
  ])
  func `what cannot be read says where and why`(name: String, sentence: String) {
    let found = message { _ = try read(name) } ?? "was read"
    #expect(found.hasPrefix(Self.folder.appending(path: name).path), "\(found)")
    #expect(found.contains(sentence), "\(found)")
  }

  @Test func `spots without counts and counts without spots are left out and counted`() throws {
    let extra = try read("ok_300genes.tsv", spots: "spots_extra.tsv")
    #expect(extra.spots.count == 187)
    #expect(extra.join?.spotsWithoutCounts == 1)
    #expect(extra.notes == ["1 spot left out: no counts."])

    let half = try read("ok_300genes.tsv", spots: "spots_missing_half.tsv")
    #expect(half.spots.count == 94 && half.counts.spotCount == 94)
    #expect(half.join?.countRowsWithoutSpot == 93)
    #expect(half.notes == ["93 rows of counts left out: no spot has their position."])
  }

  @Test func `unusable pixel coordinates leave the spot out`() throws {
    let section = try read("ok_300genes.tsv", spots: "spots_nan_coords.tsv")
    // nan, inf, 1e9 and an empty cell; -50 stays.
    #expect(section.join?.spotsWithBadPosition == 4)
    #expect(section.join?.lineOfFirstBadPosition == 2)
    #expect(section.spots.count == 183)
    #expect(section.spots.contains { $0.x == -50 })
    #expect(section.notes.contains("4 spots left out: no usable position, first on line 2."))
  }
}
