import Foundation
import TestSupport
import Testing

@testable import Sections

@Suite struct SpaceRangerReaderTests {
  let output = SpaceRangerFolder()

  @Test func `spots on tissue join by barcode and are scaled to the hires image`() throws {
    output.writeCounts()
    output.writeSpatial()
    let section = try output.read()
    #expect(section.name == output.url.lastPathComponent && section.patient == section.name)
    #expect(section.platform == "Visium" && section.genes == ["A", "B"])
    #expect(
      section.spots == [
        Spot(id: "AAAC-1", column: 1, row: 0, x: 100, y: 50),
        Spot(id: "AAAG-1", column: 2, row: 1, x: 305, y: 155.25),
      ])
    #expect(section.counts.values(ofGene: 0) == [5, 0])
    #expect(section.counts.values(ofGene: 1) == [0, 7])
    #expect(section.image?.width == 400)
    #expect(
      section.imageScales == [
        ImageScale(name: "hires", factor: 0.5), ImageScale(name: "lowres", factor: 0.1),
        ImageScale(name: "full", factor: 1),
      ])
    #expect(section.placement == ImagePlacement(scale: 0.5, scaleName: "hires"))
    #expect(section.spotDiameter == 30.5 && section.missingPositions == nil)
    #expect(section.notes == ["1 spot left out: marked as not selected."])
    #expect(section.files.count == 6)
    #expect(section.join?.countRows == 3 && section.join?.joined == 2)
  }

  @Test(arguments: [
    ("tissue_positions_list.csv", SpaceRangerFolder.rows),
    ("tissue_positions_list.csv", SpaceRangerFolder.header + SpaceRangerFolder.rows),
    ("tissue_positions.csv", SpaceRangerFolder.rows.replacingOccurrences(of: "\n", with: "\r\n")),
    (
      "tissue_positions.csv",
      "in_tissue,barcode,pxl_col_in_fullres,pxl_row_in_fullres,array_col,array_row\n"
        + "1,AAAC-1,200,100,1,0\n1,AAAG-1,610,310.5,2,1\n0,AAAT-1,220,120,3,2\n"
    ),
  ])
  func `whether positions have a header shows in them`(name: String, text: String) throws {
    output.writeCounts()
    output.writeSpatial(positions: text, named: name)
    let section = try output.read()
    #expect(section.spots.map(\.x) == [100, 305] && section.spots.map(\.row) == [0, 1])
  }

  @Test(arguments: [
    (["AAAC", "AAAG", "AAAT"], SpaceRangerFolder.rows),
    (
      ["AAAC-1", "AAAG-1", "AAAT-1"],
      SpaceRangerFolder.rows.replacingOccurrences(of: "-1", with: "")
    ),
    (["AAAC-2", "AAAG-2", "AAAT-2"], SpaceRangerFolder.rows),
  ])
  func `barcodes join with a suffix or without`(barcodes: [String], rows: String) throws {
    output.writeCounts(barcodes: barcodes)
    output.writeSpatial(positions: rows)
    #expect(try output.read().spots.map(\.id) == Array(barcodes.prefix(2)))
  }

  @Test func `a suffix that tells barcodes apart is kept`() {
    output.writeCounts(barcodes: ["AAAC-1", "AAAC-2", "AAAT-1"])
    output.writeSpatial(positions: "AAAC,1,0,1,100,200\n")
    let found = message { _ = try output.read() } ?? "was read"
    #expect(
      found.contains(
        "tissue_positions.csv: none of its barcodes on tissue joins matrix.mtx.gz: the counts have "
          + "barcodes like AAAC-1, the positions AAAC. Check that both are of section"),
      "\(found)")
  }

  @Test func `a grid of fifty by fifty without header or suffix opens`() throws {
    let barcodes = (0..<2500).map { "BC\(10_000 + $0)" }
    output.folder.write(
      "%%MatrixMarket matrix coordinate integer general\n1 2500 2500\n"
        + (1...2500).map { "1 \($0) \($0)\n" }.joined(), to: "matrix.mtx")
    output.folder.write(barcodes.joined(separator: "\n"), to: "barcodes.tsv")
    output.folder.write("ENSG1\tA\n", to: "genes.tsv")
    output.writeSpatial(
      positions: barcodes.enumerated().map { index, name in
        "\(name),1,\(index / 50),\(index % 50),\(index / 50 * 4 + 2),\(index % 50 * 4 + 2)\n"
      }.joined(), named: "tissue_positions_list.csv")
    let section = try output.read()
    #expect(section.spots.count == 2500 && section.notes.isEmpty)
    #expect(section.spots[2499] == Spot(id: "BC12499", column: 49, row: 49, x: 99, y: 99))
  }

  @Test func `positions in Parquet are read as those in text`() throws {
    // The fixture's positions are of barcodes s_016um_00000_00000-1 and so on.
    let parquet = Bundle.module.resourceURL!.appending(path: "Fixtures/parquet/positions.parquet")
    let bin = "binned_outputs/square_016um/"
    output.writeCounts(
      to: bin + "filtered_feature_bc_matrix/",
      barcodes: ["s_016um_00000_00000-1", "s_016um_00000_00001-1", "s_016um_00001_00000-1"])
    output.folder.write(
      Array(try Data(contentsOf: parquet)), to: bin + "spatial/tissue_positions.parquet")
    output.folder.write(
      "{\"bin_size_um\": 16.0, \"tissue_hires_scalef\": 0.25}",
      to: bin + "spatial/scalefactors_json.json")
    let section = try output.read()
    #expect(section.name == "square_016um" && section.platform == "Visium HD")
    #expect(section.patient == output.url.lastPathComponent)
    #expect(section.spots.map(\.column) == [0, 1] && section.spots.map(\.x) == [10.5, 20.5])
    #expect(
      section.notes == [
        "1 row of counts left out: no spot has their position.",
        "3 spots left out: no usable position.",
      ])
  }

  @Test func `positions that are unusable or unknown leave spots out`() throws {
    output.writeCounts()
    output.writeSpatial(
      positions: SpaceRangerFolder.header
        + "AAAC-1,1,0,1,100,200\nAAAG-1,1,1,2,,\nCCCC-1,1,5,5,1,1\n")
    let section = try output.read()
    #expect(section.spots.map(\.id) == ["AAAC-1"])
    #expect(
      section.notes.prefix(3) == [
        "2 rows of counts left out: no spot has their position.",
        "1 spot left out: no counts.",
        "1 spot left out: no usable position, first on line 3.",
      ])
  }

  @Test(arguments: [
    (
      "AAAC-1,1,0,1,1,1\nAAAC-1,1,0,2,1,1\n",
      ":2: barcode 'AAAC-1' has a position here and before on line 1."
    ),
    (
      "AAAC-1,1,0,1,1,1\nAAAG-1,1,0,1,1,1\n",
      ": barcodes 'AAAC-1' and 'AAAG-1' are both at array column 1"
    ),
    ("barcode,x,y\nAAAC-1,1,1\n", ":1: has no column 'in_tissue'; its columns are"),
    ("AAAC-1,1,0,1,1,1\nAAAG-1,1,0\n", ":2: has 3 cells, the header names 6 columns."),
    ("AAAC-1,0,0,1,1,1\n", ": none of its barcodes on tissue joins matrix.mtx.gz"),
    ("", ": is empty."),
  ])
  func `broken positions are refused with their place`(text: String, sentence: String) {
    output.writeCounts()
    output.writeSpatial(positions: text)
    let found = message { _ = try output.read() } ?? "was read"
    #expect(found.contains("tissue_positions.csv\(sentence)"), "\(found)")
  }

  @Test(arguments: [
    ("{}", "has no tissue_hires_scalef."),
    ("{\"tissue_hires_scalef\": 0.17, ", "is not a JSON object."),
    ("{\"tissue_hires_scalef\": -1}", "has no tissue_hires_scalef."),
    ("{\"tissue_hires_scalef\": \"0.5\"}", "has no tissue_hires_scalef."),
    ("[1]", "is not a JSON object."),
    (nil, "there is no scalefactors_json.json beside the image."),
  ])
  func `without a scale factor positions stay and what helps is said`(
    scales: String?, sentence: String
  )
    throws
  {
    output.writeCounts()
    output.writeSpatial(scales: scales)
    let section = try output.read()
    #expect(section.placement.scaleName == "full" && section.spotDiameter == nil)
    #expect(section.spots[0].x == 200)
    let notes = section.notes.suffix(2)
    #expect(notes.first?.hasPrefix("No scale factors: ") == true)
    #expect(notes.first?.contains(sentence) == true, "\(notes)")
    #expect(notes.last?.contains("With --image-scale 0.5 2 would lie on it.") == true, "\(notes)")
    var reference = try SpaceRangerReader.sections(in: output.url)[0]
    reference.placement = PlacementRequest(scale: .factor(0.5))
    let asked = try SpaceRangerFolder.read(reference)
    #expect(asked.image?.width == 400 && asked.spots[0].x == 100)
  }

  @Test func `the lowres image is taken where there is no other`() throws {
    output.writeCounts()
    output.writeSpatial(image: "tissue_lowres_image.png")
    let section = try output.read()
    #expect(section.placement == ImagePlacement(scale: 0.1, scaleName: "lowres"))
    #expect(section.spots[0].x == 20)
  }

  @Test func `the scale of an image of another name is found out`() throws {
    output.writeCounts()
    output.writeSpatial()
    var reference = try SpaceRangerReader.sections(in: output.url)[0]
    for (width, height, scale) in [(800, 600, "full"), (400, 300, "hires")] {
      reference.image = output.folder.write(
        SpaceRangerFolder.png(width: width, height: height), to: "slide.png")
      let section = try SpaceRangerFolder.read(reference)
      #expect(section.placement.scaleName == scale && section.image?.width == width)
      #expect(section.spots.map(\.x) == (scale == "full" ? [200, 610] : [100, 305]))
    }
  }

  @Test func `clusterings become annotations, one that is broken a note`() throws {
    output.writeCounts()
    output.writeSpatial()
    let folder = output.folder
    folder.write(
      "Barcode,Cluster\nAAAC-1,10\nAAAG-1,2\n",
      to: "analysis/clustering/kmeans_10_clusters/clusters.csv")
    folder.write(
      "Barcode,Cluster\nAAAG-1,1\nTTTT-1,2\n",
      to: "analysis/clustering/kmeans_2_clusters/clusters.csv")
    folder.write("a,b\n1,2\n", to: "analysis/clustering/graphclust/clusters.csv")
    folder.write("Barcode,Cluster\nTTTT-1,2\n", to: "analysis/clustering/other/clusters.csv")
    let section = try output.read()
    #expect(section.annotations.map(\.name) == ["kmeans_2_clusters", "kmeans_10_clusters"])
    #expect(section.annotations[0].categories == ["1"])
    #expect(section.annotations[0].categoryOfSpot == [nil, 0])
    #expect(section.annotations[1].categories == ["2", "10"])
    #expect(section.annotations[1].categoryOfSpot == [1, 0])
    let notes = section.notes.filter { $0.hasPrefix("No clusters ") }
    #expect(
      notes.count == 2 && notes[0].contains("graphclust/clusters.csv:1: has no column 'Barcode'"))
    #expect(notes[1].hasSuffix("other/clusters.csv: none of its 1 barcode is of this section."))
  }

  @Test func `counts without positions say what to add`() throws {
    output.writeCounts(to: "")
    let section = try output.read()
    #expect(section.spots.count == 3 && section.counts.values(ofGene: 1) == [0, 7, 9])
    #expect(section.image == nil && section.join == nil)
    #expect(
      section.missingPositions
        == "There are counts at barcodes, and no file says where these lie: looked for "
        + "tissue_positions.csv, tissue_positions_list.csv and tissue_positions.parquet in the "
        + "folder spatial beside the counts. Put Space Ranger's folder spatial there.")
  }

  @Test(arguments: 0..<64)
  func `random damage to positions, scales and clusters never crashes`(seed: Int) throws {
    var generator = SeededNumbers(state: UInt64(seed))
    func damaged(_ text: String) -> [UInt8] {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      return bytes
    }
    output.writeCounts()
    output.writeSpatial()
    let header = seed % 2 == 0 ? SpaceRangerFolder.header : ""
    output.folder.write(
      damaged(header + SpaceRangerFolder.rows), to: "spatial/tissue_positions.csv")
    _ = message { _ = try output.read() }
    output.writeSpatial()
    output.folder.write(damaged(SpaceRangerFolder.scales), to: "spatial/scalefactors_json.json")
    output.folder.write(
      damaged("Barcode,Cluster\nAAAC-1,10\nAAAG-1,2\n"), to: "analysis/clustering/k/clusters.csv")
    #expect(try output.read().spots.count == 2)
  }
}
