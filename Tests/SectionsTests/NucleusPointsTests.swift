import Foundation
import Testing

@testable import Sections

/// Nuclei that other software found.
@Suite struct NucleusPointsTests {
  let folder = TemporaryFolder()

  private func read(_ text: String, _ name: String = "A1.nuclei.tsv") throws -> NucleusPoints {
    try NucleusPoints(reading: folder.write(text, to: name))
  }

  private func problem(_ text: String, _ name: String = "A1.nuclei.tsv") throws -> String {
    let url = folder.write(text, to: name)
    let error = #expect(throws: SectionError.self) { try NucleusPoints(reading: url) }
    return try #require(error?.description).replacingOccurrences(of: url.path, with: name)
  }

  @Test(arguments: [
    "x\ty\n10.5\t20\n30\t40\n", "area,Y,X\n7,20,10.5\n\n8,40,30\n",
    "Image\tCentroid X px\tCentroid Y px\r\nq\t10.5\t20\r\nq\t30\t40\r\n",
    "pixel_x,name,pixel_y\n10.5,\"a, b\",20\n30,c,40",
  ])
  func `tables are read by the names of their columns`(text: String) throws {
    let points = try read(text)
    #expect(points.x == [10.5, 30] && points.y == [20, 40])
  }

  @Test func `GeoJSON gives each nucleus by its own outline, and no annotations`() throws {
    let square = "[[[10,10],[14,10],[14,16],[10,16],[10,10]]]"
    let cell = "[[[0,0],[90,0],[90,90],[0,90],[0,0]]]"
    let features = """
      {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": \(square)},
       "properties": {"objectType": "detection"}},
      {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": \(cell)},
       "nucleusGeometry": {"type": "Polygon", "coordinates": \(square)},
       "properties": {"objectType": "cell"}},
      {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": \(cell)},
       "properties": {"objectType": "annotation"}},
      {"type": "Feature", "geometry": {"type": "Point", "coordinates": [3, 4]}},
      {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates":
       [[[[0,0],[1,0],[1,1]]], \(square)]}}
      """
    for text in ["[\(features)]", "{\"type\": \"FeatureCollection\", \"features\": [\(features)]}"]
    {
      let points = try read(text, "A1.nuclei.geojson")
      #expect(points.x == [12, 12, 3, 12] && points.y == [13, 13, 4, 13])
    }
  }

  @Test func `files that hold no nuclei are refused in a sentence`() throws {
    #expect(
      try problem("x\ty\n1\t2\n3\tNA\n")
        == "A1.nuclei.tsv:3: has '3' and 'NA' where the centre of a nucleus should be. Give two "
        + "numbers, in pixels of the full image.")
    #expect(try problem("x\ty\n1\n").contains("A1.nuclei.tsv:2: has '1' and nothing where"))
    #expect(
      try problem("a,b\n1,2\n").contains("has no columns 'x' and 'y' of centres, nor 'spot' and"))
    #expect(
      try problem("Centroid X µm\tCentroid Y µm\n1\t2\n").contains(
        "has centres in 'Centroid X µm', and pixels of the full image are needed"))
    #expect(try problem("x\ty\n").contains("holds no nuclei"))
    #expect(try problem("[]", "a.json").contains("holds no nuclei"))
    #expect(try problem("").contains("has no columns"))
    #expect(try problem("\0\u{1}binary\0").contains("is not text"))
    #expect(try problem("{\"type\": 1", "a.geojson").contains("is no GeoJSON"))
    #expect(
      try problem("[{\"geometry\": {\"type\": \"Point\"}}]", "a.geojson").contains("no GeoJSON"))
    #expect(
      try problem("[{\"geometry\": {\"type\": \"Point\", \"coordinates\": [1]}}]", "a.geojson")
        .contains("feature 1 is no point or polygon"))
    #expect(
      try problem(
        "[{\"geometry\": {\"type\": \"LineString\", \"coordinates\": [[1, 2], [3, 4]]}}]", "a.json"
      )
      .contains("feature 1 is no point or polygon"))
  }

  @Test func `no ring or deep nesting brings the reader down`() throws {
    #expect(try problem(String(repeating: "[", count: 100_000), "a.json").contains("no GeoJSON"))
    let flat = "[{\"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[2,3],[2,3],[2,3]]]}}]"
    #expect(try read(flat, "a.json").x == [2])
    #expect(
      try problem(
        "[{\"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[]]}}]", "a.json"
      ).contains("feature 1 is no point"))
  }

  // MARK: Finding them

  private func writeSections() {
    for name in ["A1", "B2"] {
      folder.write("\tG\n1x1\t5\n2x1\t3\n", to: "ST-cnts/\(name).tsv")
    }
  }

  @Test func `the file beside the counts is the section's, and no section itself`() throws {
    writeSections()
    let file = folder.write("x\ty\n1\t2\n", to: "ST-cnts/A1.nuclei.tsv")
    let dataSet = try DataSet(opening: folder.url)
    #expect(dataSet.sections.map(\.name) == ["A1", "B2"])
    #expect(try dataSet.read(dataSet.sections[0]).nuclei?.path == file.path)
    #expect(try dataSet.read(dataSet.sections[1]).nuclei == nil)
  }

  @Test func `a folder, a pattern and a file name the nuclei of sections`() throws {
    writeSections()
    folder.write("x\ty\n1\t2\n", to: "nuclei/A1.csv")
    folder.write("[]", to: "nuclei/B2.nuclei.geojson")
    let dataSet = try DataSet(opening: folder.url)
    func named(_ path: String, _ section: String? = nil) throws -> [String?] {
      try dataSet.with(nuclei: folder.url.appending(path: path).path, ofSection: section).sections
        .map { $0.nuclei?.lastPathComponent }
    }
    #expect(try named("nuclei") == ["A1.csv", "B2.nuclei.geojson"])
    #expect(try named("nuclei/{section}.csv") == ["A1.csv", nil])
    #expect(try named("nuclei/A1.csv", "B2") == [nil, "A1.csv"])
    func problem(_ path: String) throws -> String? {
      #expect(throws: SectionError.self) { try named(path) }?.description
    }
    #expect(try problem("nuclei/A1.csv")?.contains("is one file, and ") == true)
    #expect(try problem("nowhere")?.contains("is not there") == true)
    #expect(try problem("ST-cnts/{patient}/{section}.x")?.contains("has no nuclei of any") == true)
  }
}
