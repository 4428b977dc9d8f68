import Foundation
import Testing

@testable import Sections

@Suite struct WriterTests {
  let folder = TemporaryFolder()

  func text(_ url: URL) throws -> String {
    String(decoding: try Data(contentsOf: url), as: UTF8.self)
  }

  @Test func `a file appears whole and is replaced only when asked`() throws {
    let url = folder.url.appending(path: "out.csv")
    try writeWhole(Array("one".utf8), to: url, replacing: false)
    #expect(
      message { try writeWhole(Array("two".utf8), to: url, replacing: false) }
        == "\(url.path): is already there. Name another file, or ask to replace it.")
    #expect(try text(url) == "one")
    try writeWhole(Array("two".utf8), to: url, replacing: true)
    #expect(try text(url) == "two")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["out.csv"])
  }

  @Test func `a link stays a link`() throws {
    let target = folder.write("one", to: "target")
    let link = folder.url.appending(path: "link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
    try writeWhole(Array("two".utf8), to: link, replacing: true)
    #expect(try text(target) == "two")
  }

  @Test func `what cannot be written to says so`() {
    func writing(_ url: URL) -> String {
      message { try writeWhole([1], to: url, replacing: true) } ?? "was written"
    }
    #expect(writing(folder.url).contains("is a folder. Name the file to write in it."))
    #expect(writing(folder.url.appending(path: "no/out")).contains("there is no folder"))
    #expect(writing(URL(filePath: "/dev/null")).contains("is not a plain file."))
    #expect(writing(URL(filePath: "/proc/out.csv")).contains("cannot be written"))
  }

  private func section(labels: [String?]) -> Section {
    let spots = labels.indices.map {
      Spot(id: "\($0)x1", column: $0, row: 1, x: Double($0) + 0.25, y: 7)
    }
    return Section(
      name: "C2", patient: "C", platform: "ST", spots: spots, genes: [],
      counts: SparseMatrix(spotCount: spots.count, starts: [0], spots: [], values: []),
      annotations: [Annotation(name: Annotation.pathologist, labels: labels)])
  }

  @Test func `clusters become a table and a Loupe category`() {
    let table = ClusterTable(
      of: section(labels: ["adipose tissue", nil, nil]), clusters: [0, 1, nil],
      names: [0: "fat, \"white\""])
    #expect(
      table.csv == """
        spot,array_column,array_row,pixel_x,pixel_y,cluster,name,label
        0x1,0,1,0.25,7.0,0,"fat, ""white""\",adipose tissue
        1x1,1,1,1.25,7.0,1,,
        2x1,2,1,2.25,7.0,,,

        """)
    #expect(
      table.loupeCSV(category: "K-means 2") == """
        Barcode,K-means 2
        0x1,"fat, ""white""\"
        1x1,Cluster 1

        """)
  }

  @Test(arguments: 0..<64)
  func `a table of clusters reads back`(seed: Int) throws {
    var generator = SeededNumbers(state: UInt64(seed))
    let names = ["", "a", "a,b", "\"", "two\nlines", " outer ", "ä\tö", "\"q\",\r\n"]
    let count = Int.random(in: 1...20, using: &generator)
    let clusters = (0..<count).map { _ in
      Bool.random(using: &generator) ? Int.random(in: 0..<8, using: &generator) : nil
    }
    let labels = (0..<count).map { _ in names.dropFirst().randomElement(using: &generator) }
    let table = ClusterTable(
      of: section(labels: labels), clusters: clusters,
      names: Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0, $1) }))
    let url = folder.write(table.csv, to: "clusters.csv")
    #expect(try ClusterTable(reading: url) == table)
  }
}
