import Foundation
import TestSupport
import Testing

@testable import Sections

/// Where Space Ranger's files are found; none of them is opened.
@Suite struct SpaceRangerFilesTests {
  let folder = TemporaryFolder()

  func write(_ paths: String...) { for path in paths { folder.write("", to: path) } }

  /// `name patient: counts, positions, image, scales, clusterings`, paths below the folder.
  func found(_ path: String = "") -> [String] {
    let base = folder.url.standardizedFileURL.path + "/"
    let sections = (try? SpaceRangerReader.sections(in: folder.url.appending(path: path))) ?? []
    return sections.map { section in
      let files = [
        section.counts, section.spots, section.image, section.scaleFactors, section.clusterings,
      ].map {
        $0.map { $0.standardizedFileURL.path.replacingOccurrences(of: base, with: "") } ?? "-"
      }
      return "\(section.name) \(section.patient): \(files.joined(separator: ", "))"
    }
  }

  @Test func `an output is found as such, in outs and from its parts`() {
    write(
      "P1/outs/filtered_feature_bc_matrix.h5", "P1/outs/raw_feature_bc_matrix.h5",
      "P1/outs/filtered_feature_bc_matrix/matrix.mtx.gz", "P1/outs/spatial/tissue_positions.csv",
      "P1/outs/spatial/tissue_hires_image.png", "P1/outs/spatial/tissue_lowres_image.png",
      "P1/outs/spatial/scalefactors_json.json", "P1/outs/analysis/clustering/k/clusters.csv",
      "P1/outs/molecule_info.h5", "P1/outs/web_summary.html")
    let rest =
      "P1/outs/spatial/tissue_positions.csv, P1/outs/spatial/tissue_hires_image.png, "
      + "P1/outs/spatial/scalefactors_json.json, P1/outs/analysis"
    for path in ["P1", "P1/outs", ""] {
      #expect(found(path) == ["P1 P1: P1/outs/filtered_feature_bc_matrix.h5, \(rest)"], "\(path)")
    }
    for path in [
      "P1/outs/filtered_feature_bc_matrix", "P1/outs/filtered_feature_bc_matrix/matrix.mtx.gz",
    ] {
      #expect(
        found(path) == ["P1 P1: P1/outs/filtered_feature_bc_matrix/matrix.mtx.gz, \(rest)"])
    }
    #expect(
      found("P1/outs/raw_feature_bc_matrix.h5")
        == ["P1 P1: P1/outs/raw_feature_bc_matrix.h5, \(rest)"])
  }

  @Test func `folders in a folder are sections, each its own patient`() {
    write(
      "P2/outs/raw_feature_bc_matrix.h5", "P2/outs/spatial/tissue_positions_list.csv",
      "P1/filtered_feature_bc_matrix/matrix.mtx", "notes/readme.txt",
      "V10/filtered_gene_bc_matrices/GRCh38/matrix.mtx", "V11/filtered_gene_bc_matrices_h5.h5")
    #expect(
      found() == [
        "P1 P1: P1/filtered_feature_bc_matrix/matrix.mtx, -, -, -, -",
        "P2 P2: P2/outs/raw_feature_bc_matrix.h5, P2/outs/spatial/tissue_positions_list.csv, -, -, -",
        "V10 V10: V10/filtered_gene_bc_matrices/GRCh38/matrix.mtx, -, -, -, -",
        "V11 V11: V11/filtered_gene_bc_matrices_h5.h5, -, -, -, -",
      ])
  }

  @Test func `a sample's name may stand before all names`() {
    write(
      "d/V1_Node_filtered_feature_bc_matrix.h5", "d/spatial/tissue_positions_list.csv",
      "d/spatial/tissue_lowres_image.png")
    #expect(
      found("d") == [
        "d d: d/V1_Node_filtered_feature_bc_matrix.h5, d/spatial/tissue_positions_list.csv, "
          + "d/spatial/tissue_lowres_image.png, -, -"
      ])
    write(
      "g/GSM1_A_matrix.mtx.gz", "g/GSM1_A_tissue_positions_list.csv.gz",
      "g/GSM1_A_scalefactors_json.json.gz", "g/GSM2_B.matrix.mtx.gz",
      "g/GSM2_B.spatial/tissue_positions.csv", "g/spatial/tissue_positions.csv")
    #expect(
      found("g") == [
        "GSM1_A GSM1_A: g/GSM1_A_matrix.mtx.gz, g/GSM1_A_tissue_positions_list.csv.gz, -, "
          + "g/GSM1_A_scalefactors_json.json.gz, -",
        "GSM2_B GSM2_B: g/GSM2_B.matrix.mtx.gz, g/GSM2_B.spatial/tissue_positions.csv, -, -, -",
      ])
  }

  @Test func `bins of Visium HD are sections of one patient, those of 16 micrometres first`() {
    for bin in ["002", "008", "016", "024"] {
      write("HD/outs/binned_outputs/square_\(bin)um/filtered_feature_bc_matrix.h5")
    }
    write("HD/outs/feature_slice.h5", "HD/outs/spatial/tissue_hires_image.png")
    let bins = { (path: String) in found(path).map { String($0.prefix { $0 != ":" }) } }
    for path in ["HD", "HD/outs", "HD/outs/binned_outputs"] {
      #expect(
        bins(path) == [
          "square_016um HD", "square_024um HD", "square_008um HD", "square_002um HD",
        ])
    }
    #expect(bins("").first == "HD_square_016um HD")
  }

  @Test func `one file of another name is taken where spatial lies beside it`() {
    write("a/counts.h5", "a/molecule_info.h5", "a/spatial/tissue_positions.csv", "b/counts.h5")
    #expect(found("a") == ["a a: a/counts.h5, a/spatial/tissue_positions.csv, -, -, -"])
    #expect(found("b").isEmpty)
    #expect(
      message { _ = try SpaceRangerReader.sections(in: folder.url.appending(path: "b")) }?
        .contains("b: holds no output of Space Ranger. Looked for filtered_feature_bc_matrix.h5")
        == true)
  }

  @Test func `files are recognized by name, HDF5 by what is in it`() throws {
    write("matrix.mtx", "x.h5", "tissue_positions.csv", "a.tsv")
    let fixture = Bundle.module.resourceURL!.appending(path: "Fixtures/10x-h5/version-2.h5")
    #expect(SpaceRangerReader.recognizes(folder.url.appending(path: "matrix.mtx")))
    #expect(SpaceRangerReader.recognizes(fixture))
    for name in ["x.h5", "tissue_positions.csv", "a.tsv", "none.h5"] {
      #expect(!SpaceRangerReader.recognizes(folder.url.appending(path: name)), "\(name)")
    }
  }
}

/// Real outputs; the numbers are those of scanpy 1.11.5 and pandas 2.3.3.
@Suite(.enabled(if: SharedFiles.hasData)) struct SpaceRangerDataTests {
  func read(_ path: String, section: String? = nil) throws -> Section {
    let sections = try SpaceRangerReader.sections(in: SharedFiles.data.appending(path: path))
    return try SpaceRangerFolder.read(sections.first { $0.name == section } ?? sections[0])
  }

  func sum(_ section: Section) -> Double { section.counts.totalsOfSpots().reduce(0, +) }

  @Test(arguments: ["visium", "visium/filtered_feature_bc_matrix"])
  func `a section of version 3 is as scanpy reads it`(path: String) throws {
    let section = try read(path)
    #expect(section.name == "visium" && section.spots.count == 2898)
    #expect(section.genes.count == 19465 && section.counts.entryCount == 1_069_459)
    let totals = section.counts.totalsOfSpots()
    #expect(totals.reduce(0, +) == 3_085_005)
    #expect(totals.enumerated().reduce(0) { $0 + Double($1.0 + 1) * $1.1 } == 4_422_114_191)
    let weighted = section.genes.indices.reduce(0.0) { sum, gene in
      sum + Double(gene + 1) * Double(section.counts.values(ofGene: gene).reduce(0, +))
    }
    #expect(weighted == 30_227_138_635)
    #expect(section.genes[0] == "Xkr4" && section.genes[19464] == "Gm20830")
    #expect(
      section.notes == [
        "11 gene names came more than once and got a number: 'Ptp4a1-1', 'Arhgef4-1', "
          + "'Pakap-1' and 8 more."
      ])
    let spot = section.spots[0]
    #expect(spot.id == "AACAGGAAGAGCATAG-1" && spot.column == 7 && spot.row == 69)
    #expect(abs(spot.x / 0.6666667 - 329.37976615) < 1e-6)
    #expect(abs(spot.y / 0.6666667 - 2056.53653224) < 1e-6)
    #expect(section.image?.width == 2000 && section.spotsOutsideImage == 0)
  }

  @Test func `a section of version 1 is as scanpy reads it`() throws {
    let section = try read("visium-small")
    #expect(section.spots.count == 2695 && section.genes.count == 100)
    #expect(sum(section) == 132_231 && section.notes.isEmpty)
    #expect(section.genes[50] == "Tram1")
    #expect(section.counts.values(ofGene: 50).reduce(0, +) == 1534)
    #expect(section.spots[0].column == 102 && section.spots[0].row == 50)
    let pixels = section.spots.reduce(0) { $0 + $1.x } / 0.17211704
    #expect(abs(pixels - 16_492_395) < 1)
  }

  @Test(arguments: [
    ("square_008um", 1368, 65660.0, 15_108_904.997), ("square_016um", 336, 16029, 3_649_447.864),
  ])
  func `bins of Visium HD join with their positions`(
    bin: String, spots: Int, counts: Double, pixels: Double
  ) throws {
    let section = try read("visium-hd-small", section: bin)
    #expect(section.spots.count == spots && sum(section) == counts)
    #expect(section.patient == "visium-hd-small" && section.platform == "Visium HD")
    #expect(abs(section.spots.reduce(0) { $0 + $1.x } / 0.25404352 - pixels) < 0.01)
  }

  @Test func `counts of Cell Ranger open without positions`() throws {
    let section = try read("10x-legacy/cr3.0")
    #expect(section.missingPositions != nil && section.spots.count == 5)
    #expect(section.genes == ["RP11-34P13.3", "FAM138A", "FAM231B"])
    #expect(section.counts.values(ofGene: 0) == [110, 0, 0, 4000, 0])
    #expect(sum(section) == 5610)
    #expect(section.notes == ["Features that are no genes left out: 2 Antibody Capture."])
  }

  @Test(arguments: [
    ("tissue_positions_list_with_header.csv", 2898), ("tissue_positions_without_header.csv", 2898),
    ("tissue_positions_nan.csv", 2898),
  ])
  func `positions with a defect are read as far as they go`(name: String, spots: Int) throws {
    var reference = try SpaceRangerReader.sections(in: SharedFiles.data.appending(path: "visium"))[
      0]
    reference.spots = SharedFiles.data.appending(path: "malformed/\(name)")
    let section = try SpaceRangerFolder.read(reference)
    #expect(section.spots.count == spots)
    #expect(section.join?.spotsWithBadPosition == (name.contains("nan") ? 1 : 0))
    #expect(
      section.join?.lineOfFirstBadPosition == (name.contains("nan") ? 4 : nil))
  }

  @Test(arguments: [
    ("scalefactors_empty.json", "has no tissue_hires_scalef."),
    ("scalefactors_truncated.json", "is not a JSON object. Copy it again."),
  ])
  func `scale factors with a defect are told of`(name: String, sentence: String) throws {
    var reference = try SpaceRangerReader.sections(
      in: SharedFiles.data.appending(path: "visium-small"))[0]
    reference.scaleFactors = SharedFiles.data.appending(path: "malformed/\(name)")
    let section = try SpaceRangerFolder.read(reference)
    #expect(section.image?.width == 2000 && section.spots.count == 2695)
    #expect(section.notes.count == 2 && section.notes[0].hasSuffix(sentence), "\(section.notes)")
    #expect(section.notes[1].hasPrefix("2,695 of 2,695 spots lie outside the image."))
  }

  @Test(arguments: [
    ("mtx_huge_dims.mtx", ":3: says 2,000,000,000 rows and 2,000,000,000 columns, more than Eosin"),
    ("mtx_index_out_of_range.mtx", ":5: names row 9 and column 1, but the matrix has 3 rows"),
    ("mtx_wrong_nnz.mtx.gz", ":3: says 1,069,459 entries, and 4,997 follow. Copy it again."),
  ])
  func `a matrix with a defect is refused with its line`(name: String, sentence: String) {
    let found = message { _ = try read("malformed/\(name)") } ?? "was read"
    #expect(found.contains(name + sentence), "\(found)")
  }
}
