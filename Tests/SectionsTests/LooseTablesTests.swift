import Foundation
import TestSupport
import Testing

@testable import Sections

private let counts = "\tA\tB\n10x21\t1\t0\n10x22\t2\t3\n"
private let spots = "x\ty\tpixel_x\tpixel_y\tselected\n10\t21\t100\t210\t1\n10\t22\t100\t220\t1\n"
private let labels = "x\ty\tlabel\n10\t21\tfat\n"

/// `name patient: counts, spots, image, labels` of each section.
private func described(_ sections: [SectionReference]) -> [String] {
  sections.map { section in
    let files = [section.counts, section.spots, section.image, section.labels]
      .map { $0?.lastPathComponent ?? "-" }
    return "\(section.name) \(section.patient): \(files.joined(separator: ", "))"
  }
}

@Suite struct CSCCReaderTests {
  let folder = TemporaryFolder()

  func found(_ path: String = "") throws -> [String] {
    described(try CSCCReader.sections(in: folder.url.appending(path: path)))
  }

  @Test func `sections are told by their names, whatever the samples' numbers`() throws {
    folder.write(gzipped(counts), to: "GSM7_P2_ST_rep1_stdata.tsv.gz")
    folder.write(gzipped(spots), to: "GSM7_spot_data-selection-P2_ST_rep1.tsv.gz")
    folder.write("", to: "GSM7_P2_ST_rep1.jpg")
    folder.write(counts, to: "MOB_rep12_stdata.tsv")
    folder.write("", to: "GSM9_MOB_rep13_stdata.h5")
    #expect(
      try found() == [
        "MOB_rep12 MOB: MOB_rep12_stdata.tsv, -, -, -",
        "P2_ST_rep1 P2: GSM7_P2_ST_rep1_stdata.tsv.gz, "
          + "GSM7_spot_data-selection-P2_ST_rep1.tsv.gz, GSM7_P2_ST_rep1.jpg, -",
      ])
    #expect(
      try found("GSM7_P2_ST_rep1_stdata.tsv.gz").first?.hasPrefix("P2_ST_rep1 P2: GSM7") == true)
    #expect(CSCCReader.recognizes(folder.url))
    #expect(CSCCReader.recognizes(folder.url.appending(path: "MOB_rep12_stdata.tsv")))
    #expect(!CSCCReader.recognizes(folder.url.appending(path: "GSM7_P2_ST_rep1.jpg")))
    let section = try CSCCReader.read(CSCCReader.sections(in: folder.url)[1])
    #expect(section.spots.map(\.y) == [210, 220] && section.patient == "P2")
  }

  @Test(arguments: [
    ("P2_ST_rep1", "P2"), ("P10_ST_rep3", "P10"), ("MOB_ST_rep2", "MOB_ST"), ("Pig_rep1", "Pig"),
    ("A_rep", "A_rep"), ("A_repx1", "A_repx1"), ("_rep1", "_rep1"), ("P2", "P2"), ("C2", "C2"),
  ])
  func `a patient is told by the section's name`(section: String, patient: String) {
    #expect(CSCCReader.patient(ofSection: section) == patient)
  }

  /// Spots and sums as pandas 2.3.3 gives them.
  @Test(
    .enabled(if: SharedFiles.hasData),
    arguments: [
      ("MOB_ST_rep1", 379, 1555, 958_111.0), ("MOB_ST_rep2", 407, 1526, 1_127_390),
      ("MOB_ST_rep3", 438, 1495, 1_538_864), ("MOB_ST_rep4", 403, 1530, 1_324_531),
    ])
  func `real sections keep the rows with a selected spot`(
    name: String, spots: Int, left: Int, sum: Double
  ) throws {
    let set = try DataSet(opening: SharedFiles.data.appending(path: "cscc-layout"))
    #expect(set.format == "cscc" && set.sections.count == 4)
    let section = try set.read(set.reference(named: name))
    #expect(section.spots.count == spots && section.join?.countRowsWithoutSpot == left)
    #expect(section.counts.totalsOfSpots().reduce(0, +) == sum)
    #expect(section.image?.width == 1905 && section.spotsOutsideImage == 0)
  }
}

@Suite struct LooseTablesTests {
  let folder = TemporaryFolder()

  func found(_ path: String = "") throws -> [String] {
    described(try LooseTablesReader.sections(in: folder.url.appending(path: path)))
  }

  @Test func `tables that lie alone belong together`() throws {
    folder.write(counts, to: "mine.tsv")
    folder.write(spots, to: "where.csv")
    folder.write(labels, to: "who.tsv")
    folder.write("", to: "picture.jpg")
    folder.write("", to: "notes.txt")
    let expected = ["mine mine: mine.tsv, where.csv, picture.jpg, who.tsv"]
    #expect(try found() == expected)
    #expect(try found("mine.tsv") == expected)
    let section = try LooseTablesReader.read(LooseTablesReader.sections(in: folder.url)[0])
    #expect(section.spots[0].x == 100 && section.labels?.label(ofSpot: 0) == "fat")
  }

  @Test func `of several tables those of one name belong together`() throws {
    folder.write(gzipped(counts), to: "A1.tsv.gz")
    folder.write(gzipped(spots), to: "A1_selection.tsv.gz")
    folder.write(counts, to: "A1.tsv")
    folder.write(counts, to: "B1_counts.tsv")
    folder.write(spots, to: "spots_B1.tsv")
    folder.write(labels, to: "B1_labels.tsv")
    folder.write("", to: "B1.png")
    folder.write(counts, to: "other_rep1.tsv")
    folder.write("AAAC-1,1,0,0,1,1\n", to: "tissue_positions_list.csv")
    #expect(
      try found() == [
        "A1 A: A1.tsv, A1_selection.tsv.gz, -, -",
        "B1_counts B: B1_counts.tsv, spots_B1.tsv, B1.png, B1_labels.tsv",
        "other_rep1 other: other_rep1.tsv, -, -, -",
      ])
    #expect(try found("A1.tsv.gz") == ["A1 A: A1.tsv.gz, A1_selection.tsv.gz, -, -"])
  }

  @Test func `spots that are not told apart are not taken`() throws {
    folder.write(counts, to: "mine.tsv")
    folder.write(spots, to: "spots_ok.tsv")
    folder.write(spots, to: "spots_other.tsv")
    #expect(try found() == ["mine mine: mine.tsv, -, -, -"])
  }

  @Test func `a folder or file without tables is not recognized`() {
    folder.write("", to: "notes.txt")
    folder.write(spots, to: "spots.tsv")
    #expect(!LooseTablesReader.recognizes(folder.url))
    #expect(!LooseTablesReader.recognizes(folder.url.appending(path: "notes.txt")))
    #expect(LooseTablesReader.recognizes(folder.url.appending(path: "counts.csv")))
    #expect(
      message { _ = try found() }?.hasSuffix(
        ": holds no table of counts. Put one there, such as A1.tsv.gz.") == true)
  }

  @Test func `a table of counts in the authors' layout brings what lies beside it`() throws {
    folder.write(counts, to: "set/data/ST-cnts/C2.tsv")
    folder.write(gzipped(counts), to: "set/data/ST-cnts/C2.tsv.gz")
    folder.write(spots, to: "set/data/ST-spotfiles/C2_selection.tsv")
    for file in ["C2.tsv", "C2.tsv.gz"] {
      let path = folder.url.appending(path: "set/data/ST-cnts/\(file)")
      #expect(LegacySTReader.recognizes(path))
      #expect(
        described(try LegacySTReader.sections(in: path)) == [
          "C2 C: \(file), C2_selection.tsv, -, -"
        ])
    }
    let around = folder.url.appending(path: "set/data/ST-cnts")
    #expect(LegacySTReader.recognizes(around))
    #expect(
      described(try LegacySTReader.sections(in: around)) == ["C2 C: C2.tsv, C2_selection.tsv, -, -"]
    )
  }

  @Test(.enabled(if: SharedFiles.hasData))
  func `a folder of tables with a defect each lists them all`() throws {
    let set = try DataSet(opening: SharedFiles.data.appending(path: "malformed"))
    #expect(set.format == "tables")
    let names = set.sections.map(\.name)
    #expect(names.count == 19 && names.contains("transposed") && names.contains("empty"))
    #expect(!names.contains { $0.hasPrefix("spots_") || $0.hasPrefix("tissue_") })
    let turned = try set.read(set.reference(named: "transposed"))
    #expect(turned.spots.count == 187 && turned.genes.count == 300)
    #expect(
      turned.notes.first
        == "The table has a row for each gene and a column for each spot; read turned.")
  }
}

@Suite struct GeneSymbolTests {
  @Test func `symbols beside Ensembl identifiers are the names`() {
    var genes = [
      "ENSG00000141510.17_TP53", "TP53_ENSG00000141510", "ENSMUSG00000059552|Trp53",
      "ENSG00000210049:MT-TF", "Y_RNA ENSG00000199334.1", "ENSG00000141510.17", "HLA-A", "Y_RNA",
      "ENSG00000141510_", "ENST00000141510_TP53", "ENSG1_TP53", "ENSG00000141510.x_TP53",
      "ENSTOOLONGG00000141510_TP53",
    ]
    let kept = Array(genes[5...])
    #expect(
      nameGenesBySymbol(&genes)
        == "5 gene names held an Ensembl identifier beside the symbol; the symbol is the name.")
    #expect(genes == ["TP53", "TP53", "Trp53", "MT-TF", "Y_RNA"] + kept)
    #expect(nameGenesBySymbol(&genes) == nil)
  }

  @Test func `symbols that become the same are numbered`() throws {
    let text = "\tENSG00000141510.17_TP53\tTP53_ENSG00000141511\n1x1\t1\t2\n"
    let table = try CountTable(parsing: Array(text.utf8), of: URL(filePath: "/a.tsv"))
    #expect(table.genes == ["TP53", "TP53-1"])
    #expect(
      table.notes == [
        "2 gene names held an Ensembl identifier beside the symbol; the symbol is the name.",
        "1 gene name came more than once and got a number: 'TP53-1'.",
      ])
  }
}
