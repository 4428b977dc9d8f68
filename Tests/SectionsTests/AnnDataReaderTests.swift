import Foundation
import TestSupport
import Testing

@testable import Sections

/// Files made by `Fixtures/anndata/make_anndata.py`: 12 spots on a 4 × 3 lattice of pitch 100, 8 genes,
/// the count of spot s and gene g being (7 s + 3 g) mod 5.
enum AnnDataFixtures {
  static func url(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/anndata/\(name).h5ad")
  }

  static func count(_ spot: Int, _ gene: Int) -> Float { Float((7 * spot + 3 * gene) % 5) }

  static func section(_ name: String, part: Int = 0) throws -> Section {
    let references = try AnnDataReader.sections(in: url(name))
    return try AnnDataReader.read(references[part])
  }
}

@Suite struct AnnDataReaderTests {
  typealias Files = AnnDataFixtures

  /// Whether the counts are those of the fixtures, of some spots and all genes.
  func hasCounts(_ section: Section, ofSpots spots: [Int] = Array(0..<12)) -> Bool {
    (0..<8).allSatisfy { gene in
      section.counts.values(ofGene: gene) == spots.map { Files.count($0, gene) }
    }
  }

  @Test(arguments: [
    "csc", "dense", "raw", "ensembl", "repeated", "version_0_5", "version_0_7", "positions_none",
    "positions_table", "positions_array", "no_x", "libraries",
  ])
  func `counts are the same however and wherever they are stored`(name: String) throws {
    let section = try Files.section(name)
    #expect(hasCounts(section))
    #expect(section.spots.count == 12)
    #expect(section.genes.count == 8)
  }

  @Test func `a Visium section has all that its file tells`() throws {
    let section = try Files.section("visium")
    #expect(section.name == "C2")
    #expect(section.patient == "C")
    #expect(section.platform == "Visium")
    #expect(hasCounts(section, ofSpots: Array(0..<11)))
    #expect(section.genes == (0..<8).map { "GENE\($0)" })
    #expect(section.spots[5] == Spot(id: "SPOT5-1", column: 3, row: 1, x: 150, y: 170))
    #expect(
      section.imageScales == [
        ImageScale(name: "hires", factor: 0.05), ImageScale(name: "lowres", factor: 0.015),
        ImageScale(name: "full", factor: 1),
      ])
    #expect(section.spotDiameter == 55)
    #expect(section.missingPositions == nil)
    #expect(section.annotations.map(\.name) == ["pathologist", "note"])
    #expect(section.labels?.categories == ["tumour", "immune", "stroma"])
    #expect(section.labels?.categoryOfSpot.prefix(4) == [0, 1, 2, nil])
    #expect(section.annotations[1].categoryOfSpot.prefix(3) == [0, nil, 1])
    #expect(section.notes == ["1 spot left out: not in_tissue."])
  }

  @Test func `a picture of the file is the section's image`() throws {
    let image = try #require(Files.section("visium").image)
    #expect(image.width == 30)
    #expect(image.height == 20)
    // Its values count up from 0, three a pixel, and start anew at 256.
    #expect(try image.decoded()[7, 3] == (35, 36, 37))
  }

  @Test func `several sections in one file are read apart`() throws {
    let references = try AnnDataReader.sections(in: Files.url("sections"))
    #expect(references.map(\.name) == ["L1", "L2"])
    #expect(references.map(\.patient) == ["p1", "p2"])
    #expect(references.map(\.part) == ["L1", "L2"])
    let second = try AnnDataReader.read(references[1])
    #expect(second.spots.map(\.id) == [0, 2, 4, 6, 8, 10].map { "SPOT\($0)-1" })
    #expect(hasCounts(second, ofSpots: [0, 2, 4, 6, 8, 10]))
    #expect(second.image?.width == 16)
    #expect(try AnnDataReader.read(references[0]).image?.width == 12)
    #expect(second.annotations.map(\.name) == ["donor", "pathologist"])
    #expect(second.labels?.categories == ["tumour", "stroma"])
    var gone = references[0]
    gone.part = "L3"
    #expect(message { _ = try AnnDataReader.read(gone) }?.contains("no section 'L3'") == true)
  }

  @Test func `a folder of files is a data set`() throws {
    let folder = TemporaryFolder()
    for (name, copy) in [("visium", "a"), ("sections", "b"), ("sections", "c")] {
      try FileManager.default.copyItem(
        at: Files.url(name), to: folder.url.appending(path: "\(copy).h5ad"))
    }
    folder.write("no file of HDF5", to: "d.h5ad")
    #expect(AnnDataReader.recognizes(folder.url))
    #expect(AnnDataReader.recognizes(folder.url.appending(path: "a.h5ad")))
    #expect(!AnnDataReader.recognizes(folder.url.appending(path: "none")))
    let references = try AnnDataReader.sections(in: folder.url)
    #expect(references.map(\.name) == ["C2", "b L1", "b L2", "c L1", "c L2", "d"])
    #expect(
      message { _ = try AnnDataReader.read(references[5]) }?.contains("is no HDF5 file") == true)
    let empty = TemporaryFolder()
    #expect(
      message { _ = try AnnDataReader.sections(in: empty.url) }?.contains(
        "holds no .h5ad file") == true)
  }

  @Test(arguments: [
    ("dense", "Counts are those of 'layers/counts', 8 genes, not of 'X'."),
    ("raw", "Counts are those of 'raw/X', 8 genes of its own, not of 'X'."),
    ("version_0_5", "Counts are those of 'raw.X', 8 genes, not of 'X'."),
    (
      "fractions",
      "'X' holds no counts but other values; they are shown as they are, under the "
        + "normalization raw. Put counts in layers['counts'] to have them."
    ),
    ("fractions", "1 value of 'X' no number, such as NaN; taken as no count."),
    (
      "ensembl",
      "Genes are named by 'var/feature_name'; the index holds Ensembl identifiers."
    ),
    ("ensembl", "1 gene name came more than once and got a number: 'FASN-1'."),
    (
      "repeated",
      "10 spot names came more than once and got a number: 'A-1', 'B-1', 'A-2' and 7 more."
    ),
    ("repeated", "2 elements left out, which Eosin does not know: 'extra', 'obs/odd'."),
    ("no_x", "Counts are those of 'layers/raw_counts', 8 genes."),
    (
      "libraries",
      "No image: the file has several libraries, and no column of obs tells whose spots are whose. "
        + "Add obs['library_id']."
    ),
    ("positions_columns", "1 spot left out: no usable position."),
    ("positions_columns", "Positions are those of 'obs/x' and 'y'."),
    (
      "positions_array",
      "Positions are made of array_col and array_row, not pixels: the file has no obsm/spatial."
    ),
  ])
  func `what is not as usual is said in a note`(name: String, note: String) throws {
    #expect(try Files.section(name).notes.contains(note))
  }

  @Test func `fractions are kept and what is no number is not`() throws {
    let section = try Files.section("fractions")
    #expect(section.counts.values(ofGene: 1)[1] == Files.count(1, 1) / 4)
    #expect(section.counts.values(ofGene: 3)[2] == 0)
  }

  @Test func `symbols stand for Ensembl identifiers`() throws {
    #expect(
      try Files.section("ensembl").genes == [
        "FASN", "GNAS", "FASN-1", "ENSG00000000003.3", "S4", "S5", "S6", "S7",
      ])
    #expect(isEnsemblGene("ENSMUSG00000002985"))
    #expect(isEnsemblGene("ENSG00000141736.14"))
    for name in ["ENST00000141736", "ENSG0000014173", "ENSA", "FASN", "ENSG0000014173x"] {
      #expect(!isEnsemblGene(name), "\(name)")
    }
  }

  @Test func `positions are found where there are any`() throws {
    let inTable = try Files.section("positions_table")
    #expect(inTable.spots[6] == Spot(id: "SPOT6-1", column: 2, row: 1, x: 250, y: 170))
    let inColumns = try Files.section("positions_columns")
    #expect(inColumns.spots.count == 11)
    #expect(inColumns.spots[5] == Spot(id: "SPOT6-1", column: 2, row: 1, x: 125, y: 85))
    // Every other column is used: rows of a hexagonal array are √3 columns apart.
    let onArray = try Files.section("positions_array").spots[5]
    #expect(onArray == Spot(id: "SPOT5-1", column: 3, row: 1, x: 3, y: 3.0.squareRoot()))
    let none = try Files.section("positions_none")
    #expect(none.missingPositions?.contains("looked for obsm/spatial") == true)
    #expect(none.missingPositions?.contains("Add obsm['spatial']") == true)
    #expect(try Files.section("version_0_5").spots[6].x == 250)
  }

  @Test(arguments: ["version_0_5", "version_0_7"])
  func `categories of older versions are read`(name: String) throws {
    let labels = try #require(Files.section(name).labels)
    #expect(labels.categories == ["tumour", "immune", "stroma"])
    #expect(
      labels.categoryOfSpot == Array([[0, 1, 2, nil], [0, 1, 2, nil], [0, 1, 2, nil]].joined()))
  }
}
