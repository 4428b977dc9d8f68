import Drawing
import Foundation
import HDF5
import Images
import Sections
import TestSupport
import Testing

@testable import Workbench

@Suite struct ConversionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ("a.h5ad", ConversionFormat.h5ad), ("a.H5AD", .h5ad), ("b/a.geojson", .geojson),
    ("a.json", .geojson), ("a.csv", .loupe), ("a.tsv", nil), ("folder", nil),
  ])
  func `an ending names a format`(path: String, format: ConversionFormat?) {
    #expect(ConversionFormat(path: path) == format)
  }

  @Test func `clusters come first, then labels, and others by their name`() throws {
    var conversion = Conversion(section(), normalization: .raw)
    #expect(conversion.category == 0)
    #expect(conversion.export.categories[0].annotation.name == "pathologist")
    conversion.add(clusters("clusters"))
    conversion.add(clusters("clusters_Alpha"))
    #expect(conversion.category == 1)
    try conversion.choose(category: "clusters_Alpha")
    #expect(conversion.category == 2)
    let problem = #expect(throws: WorkbenchError.self) {
      try conversion.choose(category: "cluster")
    }
    #expect(
      problem?.description
        == "Section Z has no categories 'cluster'. Did you mean 'clusters'? It has pathologist, "
        + "clusters, clusters_Alpha; --clusters makes more.")
  }

  @Test func `clusters that the section came with keep their name`() {
    var section = section().section
    section.annotations = [Annotation(name: "clusters", labels: ["1", "2", "1", nil])]
    var conversion = Conversion(
      LoadedSection(section: section, panel: nil, normalization: .raw), normalization: .raw)
    conversion.add(clusters("clusters"))
    #expect(conversion.export.categories.map(\.annotation.name) == ["clusters", "clusters_2"])
    #expect(conversion.category == 1)
  }

  @Test func `a cluster has the colour of the label it matches, others a free one`() {
    let labels = section().section.labels
    let result = ClusterResult(
      settings: ClusterSettings(clusterCount: 3), clusterOfSpot: [2, 2, 0, 1], inertia: 0,
      geneCount: 2, adjustedRandIndex: nil, normalizedMutualInformation: nil)
    let palette = CategoricalPalette.okabeIto.colors.map(\.value)
    // Two labels: the first of spots 0 and 1, the second of spot 2.
    #expect(result.colors(matching: labels) == [palette[1], palette[2], palette[0]])
    #expect(result.colors(matching: nil) == Array(palette.prefix(3)))
  }

  @Test func `Loupe without labels and clusters says what to do`() throws {
    var bare = section().section
    bare.annotations = []
    let conversion = Conversion(
      LoadedSection(section: bare, panel: nil, normalization: .raw), normalization: .raw)
    let problem = #expect(throws: WorkbenchError.self) {
      try conversion.write(
        as: .loupe, to: folder.url.appending(path: "a.csv"), replacing: false)
    }
    #expect(
      problem?.description
        == "Section Z has neither labels nor clusters, so nothing for Loupe Browser. Make clusters "
        + "with --clusters.")
  }

  @Test func `what is written is read back by Eosin's own reader of HDF5`() throws {
    let workbench = Workbench()
    let loaded = section()
    var settings = ClusterSettings(clusterCount: 2, normalization: .raw)
    settings.restarts = 1
    let conversion = try workbench.conversion(
      of: loaded, methods: [], normalization: .raw, clusters: settings, withPicture: true)
    let file = folder.url.appending(path: "a.h5ad")
    #expect(try conversion.write(as: .h5ad, to: file, replacing: false) == [])
    let root = try HDF5File(opening: file).root
    #expect(try root.attributes.string("encoding-type") == "anndata")
    #expect(try root.dataset("obs/_index").readStrings() == loaded.section.spots.map(\.id))
    #expect(try root.dataset("X/data").read(Float.self) == [4, 4, 5, 2, 1226])
    #expect(try root.dataset("X/indices").read(Int32.self) == [0, 1, 0, 0, 1])
    #expect(try root.dataset("X/indptr").read(Int.self) == [0, 2, 3, 5, 5])
    #expect(
      try root.dataset("uns/pathologist_colors").readStrings() == ["#e69f00", "#56b4e9"])
    #expect(
      try root.dataset("uns/eosin/annotations/clusters").readStrings()[0].hasPrefix("k-means"))
  }

  @Test func `a large picture is averaged, a small one stays`() {
    var image = RGBImage(width: 4, height: 2, filledWith: (0, 0, 0))
    for x in 0..<4 { image[x, 0] = (UInt8(10 * x), 100, 0) }
    #expect(image.shrunk(toSide: 4) == image)
    let small = image.shrunk(toSide: 2)
    #expect(small.width == 2 && small.height == 1)
    #expect(small[0, 0] == (3, 50, 0) && small[1, 0] == (13, 50, 0))
  }

  @Test func `an image without spots is not converted`() {
    let counts = SparseMatrix(spotCount: 0, starts: [0], spots: [], values: [])
    let image = LoadedSection(
      section: Section(
        name: "Z", patient: "Z", platform: "image", spots: [], genes: [], counts: counts),
      panel: nil, normalization: .raw)
    let file = folder.url.appending(path: "a.h5ad")
    let problem = #expect(throws: WorkbenchError.self) {
      try Conversion(image, normalization: .raw).write(as: .h5ad, to: file, replacing: false)
    }
    #expect(
      problem?.description
        == "Section Z is an image without spots: there is nothing to convert.")
    #expect(folder.names == [])
  }

  // MARK: Contact sheets

  @Test func `a sheet has a cell a gene, in pages where one gets too high`() throws {
    var sheet = try ContactSheet(
      of: section(), .mostVariable(2), rows: [.observed], predictions: [], normalization: .raw)
    #expect(sheet.pages().count == 1)
    sheet.columns = 1
    sheet.pageHeight = 50
    let pages = sheet.pages()
    #expect(pages.count == 2)
    #expect(pages[1].title == "Section Z, page 2 of 2")
  }

  @Test func `the most variable genes are those that all methods predict`() throws {
    let prediction = Prediction(
      method: "Mine", genes: ["A"], spotCount: 4, values: [1, 2, 3, 4], normalization: .raw)
    let sheet = try ContactSheet(
      of: section(), .mostVariable(5), rows: [.observed, .method("Mine")],
      predictions: [prediction], normalization: .raw)
    let svg = sheet.pages()[0].svg()
    #expect(svg.contains(">A<") && !svg.contains(">B<"))
    let named = try ContactSheet(
      of: section(), .named(["B"]), rows: [.method("Mine")], predictions: [prediction],
      normalization: .raw)
    #expect(named.pages()[0].svg().contains("not predicted"))
  }

  @Test func `genes are chosen by a number, by names or by a file`() throws {
    let list = try folder.write("# mine\nB\nA\n", to: "genes.txt")
    #expect(try ContactSheet.Choice("top:24") == .mostVariable(24))
    #expect(try ContactSheet.Choice("A, B,") == .named(["A", "B"]))
    #expect(try ContactSheet.Choice(list) == .named(["B", "A"]))
    #expect(throws: WorkbenchError.self) { try ContactSheet.Choice("top:many") }
    let problem = #expect(throws: WorkbenchError.self) {
      try ContactSheet(
        of: section(), .named(["C"]), rows: [.observed], predictions: [], normalization: .raw)
    }
    #expect(problem?.description.hasPrefix("Section Z has no gene 'C'.") == true)
  }

  private func clusters(_ name: String) -> SectionExport.Categories {
    SectionExport.Categories(
      Annotation(name: name, categories: ["A", "B"], categoryOfSpot: [0, 1, 0, 1]),
      colors: [1, 2], origin: "made up")
  }

  private func section() -> LoadedSection {
    let spots = [(0, 0), (1, 0), (0, 1), (1, 1)].map { (column: Int, row: Int) in
      Spot(
        id: "\(column)x\(row)", column: column, row: row, x: Double(column) * 10,
        y: Double(row) * 10)
    }
    let section = Section(
      name: "Z", patient: "Z", platform: "ST", spots: spots, genes: ["A", "B"],
      counts: SparseMatrix(
        spotCount: 4, starts: [0, 3, 5], spots: [0, 1, 2, 0, 2], values: [4, 5, 2, 4, 1226]),
      annotations: [
        Annotation(name: Annotation.pathologist, labels: ["fat", "fat", "tumour", nil])
      ])
    return LoadedSection(section: section, panel: nil, normalization: .raw)
  }
}
