import Foundation
import Images
import Testing

@testable import Sections

/// What stands in a file is checked by anndata itself: Tests/AnnData/check_h5ad.py.
struct AnnDataWriterTests {
  @Test func `counts stored by gene come out by spot, whatever the size of a block`() {
    let section = SmallExport.section(spots: 37, genes: 11)
    for entries in [1, 7, 100, 1 << 20] {
      var rows = CountRows(section.counts)
      var found: [[Int: Float]] = []
      while let block = rows.next(entries: entries) {
        for spot in 0..<block.starts.count - 1 {
          let places = block.starts[spot]..<block.starts[spot + 1]
          #expect(block.genes[places].elementsEqual(block.genes[places].sorted()))
          found.append(
            Dictionary(
              uniqueKeysWithValues: places.map { (Int(block.genes[$0]), block.values[$0]) }))
        }
      }
      let expected = section.spots.indices.map { spot in
        Dictionary(
          uniqueKeysWithValues: section.genes.indices.map {
            ($0, section.counts.values(ofGene: $0)[spot])
          }.filter { $0.1 != 0 })
      }
      #expect(found == expected)
    }
  }

  @Test func `equal sections give equal files`() throws {
    let folder = TemporaryFolder()
    let export = SmallExport.export(spots: 300, genes: 70)
    try export.writeAnnData(to: folder.url.appending(path: "a.h5ad"), replacing: false)
    try export.writeAnnData(to: folder.url.appending(path: "b.h5ad"), replacing: false)
    let bytes = try Data(contentsOf: folder.url.appending(path: "a.h5ad"))
    #expect(bytes.starts(with: [0x89, 0x48, 0x44, 0x46]))
    #expect(try bytes == Data(contentsOf: folder.url.appending(path: "b.h5ad")))
  }

  @Test func `Eosin reads what it wrote`() throws {
    let folder = TemporaryFolder()
    var export = SmallExport.export(spots: 300, genes: 70)
    export.section.image = try folder.image(width: 900, height: 900)
    export.picture = RGBImage(width: 300, height: 300, filledWith: (9, 8, 7))
    export.section.placement = ImagePlacement(scale: 0.25)
    let file = folder.url.appending(path: "a.h5ad")
    try export.writeAnnData(to: file, replacing: false)
    let dataSet = try DataSet(opening: file)
    let section = try dataSet.read(dataSet.sections[0])
    #expect(section.counts == export.section.counts && section.genes == export.section.genes)
    #expect(section.spots.map(\.id) == export.section.spots.map(\.id))
    #expect(section.spots.map(\.place) == export.section.spots.map(\.place))
    for (read, spot) in zip(section.spots, export.section.spots) {
      // On the picture, a third of the image's size.
      #expect(abs(read.x - spot.x / 3) < 1e-9 && abs(read.y - spot.y / 3) < 1e-9)
    }
    #expect(section.image?.width == 300)
    for categories in export.categories {
      let read = section.annotations.first { $0.name == categories.annotation.name }
      #expect(read == categories.annotation)
    }
    let layers = try AnnDataFile(opening: file).layers()
    #expect(layers.map(\.name) == ["THItoGene"])
    let prediction = try AnnDataFile(opening: file).prediction(of: layers[0], for: section)
    let written = export.predictions[0]
    #expect(prediction.genes == written.genes && prediction.origin == written.origin)
    #expect(prediction.normalization == written.normalization)
    #expect(
      zip(prediction.values, written.values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
  }

  @Test func `a file that is there stays unless it is to be replaced, and nothing lies beside it`()
    throws
  {
    let folder = TemporaryFolder()
    let file = folder.url.appending(path: "a.h5ad")
    try Data("mine".utf8).write(to: file)
    let export = SmallExport.export(spots: 4, genes: 3)
    #expect(throws: SectionError.self) { try export.writeAnnData(to: file, replacing: false) }
    #expect(try Data(contentsOf: file) == Data("mine".utf8))
    try export.writeAnnData(to: file, replacing: true)
    #expect(try Data(contentsOf: file).count > 1000)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a.h5ad"])
  }

  @Test func `a folder that is missing is named`() {
    let file = URL(filePath: "/tmp/eosin-no-such-folder/a.h5ad")
    let problem = #expect(throws: SectionError.self) {
      try SmallExport.export(spots: 4, genes: 3).writeAnnData(to: file, replacing: false)
    }
    #expect(
      problem?.description
        == "\(file.path): cannot be written: there is no folder /tmp/eosin-no-such-folder. "
        + "Make it first.")
  }

  @Test func `names that HDF5 cannot have are changed, and stay unique`() {
    #expect(uniqueNames(["a/b", "a_b", "", "..", "a"]) == ["a_b", "a_b_2", "_", "__2", "a"])
    #expect(uniqueNames(["in_tissue"], taken: ["in_tissue"]) == ["in_tissue_2"])
  }

  @Test func `predicted genes that the section lacks are told`() {
    var export = SmallExport.export(spots: 4, genes: 3)
    export.predictions = [
      Prediction(
        method: "mine", genes: ["G1", "ELSEWHERE"], spotCount: 4,
        values: Array(repeating: 1, count: 8), normalization: nil)
    ]
    #expect(
      export.annDataNotes == ["1 gene predicted by mine left out: not in the section."])
  }

  @Test func `categories without a spot are left out, and those of one name are one`() {
    let categories = SectionExport.Categories(
      Annotation(
        name: "clusters", categories: ["A", "B", "A", "D"], categoryOfSpot: [0, 2, nil, 3, 0]),
      colors: [1, 2, 3, 4]
    ).settled
    #expect(categories.annotation.categories == ["A", "D"])
    #expect(categories.annotation.categoryOfSpot == [0, 0, nil, 1, 0])
    #expect(categories.colors == [1, 4])
  }
}

/// A section made of numbers that follow from their places.
enum SmallExport {
  static func section(spots: Int, genes: Int) -> Section {
    var (starts, places, values) = ([0], [UInt32](), [Float]())
    for gene in 0..<genes {
      for spot in 0..<spots where (spot * 7 + gene * 5) % 3 == 0 {
        places.append(UInt32(spot))
        values.append(Float((spot + gene) % 9 + 1))
      }
      starts.append(places.count)
    }
    let side = 20
    return Section(
      name: "T1", patient: "T", platform: "ST",
      spots: (0..<spots).map { spot in
        Spot(
          id: "\(spot % side)x\(spot / side)", column: spot % side, row: spot / side,
          x: Double(spot % side) * 18 + 50.5, y: Double(spot / side) * 18 + 60.25)
      },
      genes: (0..<genes).map { "G\($0)" },
      counts: SparseMatrix(spotCount: spots, starts: starts, spots: places, values: values))
  }

  static func export(spots: Int, genes: Int) -> SectionExport {
    let section = section(spots: spots, genes: genes)
    var export = SectionExport(
      section,
      expression: NormalizedExpression(counts: section.counts, normalization: .released),
      pitch: 18, version: "test")
    let predicted = ["G0", "G2"]
    export.predictions = [
      Prediction(
        method: "THItoGene", genes: predicted, spotCount: spots,
        values: (0..<2 * spots).map { $0 % 10 == 9 ? .nan : Float($0) / 7 },
        normalization: .released, origin: PredictionOrigin(summary: "made up"))
    ]
    let labels = Annotation(
      name: Annotation.pathologist,
      labels: (0..<spots).map { $0 % 5 == 0 ? nil : "kind \($0 % 3), \u{e4}" })
    export.categories = [
      SectionExport.Categories(
        labels, colors: Array([0xE69F00, 0x56B4E9, 0x0000AB].prefix(labels.categories.count))),
      SectionExport.Categories(
        Annotation(
          name: "clusters", categories: ["A", "B"], categoryOfSpot: (0..<spots).map { $0 % 2 }),
        colors: [0xFF0000, 0x00FF00], origin: "two by two"),
    ]
    return export
  }
}
