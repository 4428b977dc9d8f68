import Drawing
import Foundation
import Sections
import TestSupport
import Testing

@testable import Workbench

@Suite struct WorkbenchTests {
  let workbench = Workbench()

  func sample(_ name: String = "P1", panel: Panel? = nil) throws -> LoadedSection {
    let dataSet = try DataSet(opening: SharedFiles.sampleData)
    return try workbench.load(try dataSet.reference(named: name), of: dataSet, panel: panel)
  }

  @Test func `a section is loaded with what every screen asks of it`() throws {
    let section = try sample()
    #expect(section.section.spots.count == 246 && section.layout.count == 246)
    #expect(section.statistics == workbench.statistics(of: section, .released))
    #expect(section.totalOfSpot.reduce(0, +) == 1_449_076)
    #expect(section.genesOfSpot.allSatisfy { (1...167).contains($0) })
    #expect(section.panel == nil)
    let panel = Panel(name: "two", genes: ["FASN", "NOSUCH", "GNAS"])
    let few = try sample(panel: panel)
    #expect(few.panel?.map { few.section.genes[$0] } == ["FASN", "GNAS"])
  }

  @Test func `genes that follow the tissue have a high Moran's I, housekeeping genes none`() throws
  {
    let table = workbench.geneTable(of: try sample(), .released, by: .moransI)
    #expect(table.count == 167)
    let rank = Dictionary(uniqueKeysWithValues: table.enumerated().map { ($1.gene, $0) })
    for gene in ["FASN", "CD24", "EPCAM"] { #expect(try #require(rank[gene]) < 40, "\(gene)") }
    for gene in ["ACTB", "RPS18", "FOS"] { #expect(try #require(rank[gene]) > 80, "\(gene)") }
  }

  @Test func `clusters are the same for a seed, kept components or not`() throws {
    let section = try sample()
    let settings = ClusterSettings(clusterCount: 5)
    let first = try workbench.clusters(of: section, settings)
    #expect(try workbench.clusters(of: section, settings) == first)
    #expect(try Workbench().clusters(of: section, settings) == first)
    #expect(first.clusterCount == 5 && first.geneCount == 167)
    let sizes = (0..<5).map { cluster in first.clusterOfSpot.count { $0 == cluster } }
    #expect(sizes == sizes.sorted(by: >) && sizes.reduce(0, +) == 246)
    #expect(try #require(first.adjustedRandIndex) > 0.5)
  }

  @Test func `a prediction is clustered in place of what was observed`() throws {
    let section = try sample()
    let spots = section.section.spots
    let truth = try #require(section.section.labels?.categoryOfSpot)
    // Two genes that give each label a place of its own, and a spot nothing is said of.
    let values = [1.0, -2.0].flatMap { (factor: Float) in
      truth.map { factor * Float($0 ?? 0) * 10 }
    }
    var prediction = Prediction(
      method: "Truth", genes: ["A", "B"], spotCount: spots.count, values: values,
      normalization: nil)
    let settings = ClusterSettings(clusterCount: 5, method: "Truth")
    let result = try workbench.clusters(of: section, predictedBy: prediction, settings)
    #expect(result.geneCount == 2 && result.adjustedRandIndex == 1)
    #expect(
      settings.summary(genes: 2, spots: 246)
        == "k-means, k = 5, on 2 principal components of 2 genes as Truth predicts them, best of "
        + "20 restarts, seed 0")
    // Components kept for the observed expression, or for another prediction, are not taken.
    let observed = try workbench.clusters(of: section, ClusterSettings(clusterCount: 5))
    #expect(observed.clusterOfSpot != result.clusterOfSpot && observed.geneCount == 167)
    var gap = values
    gap[7] = .nan
    prediction = Prediction(
      method: "Truth", genes: ["A", "B"], spotCount: spots.count, values: gap, normalization: nil)
    let other = try workbench.clusters(of: section, predictedBy: prediction, settings)
    #expect(other.clusterOfSpot[7] == nil && other.clusterOfSpot[8] != nil)
    let dense = Prediction(
      method: "Dense", genes: ["A"], spotCount: 1, values: [1], denserSpots: [spots[0]],
      normalization: nil)
    #expect(throws: WorkbenchError("Dense predicts 1 place, not the 246 spots of P1.")) {
      try workbench.clusters(of: section, predictedBy: dense, settings)
    }
  }

  @Test func `clusters take the numbers of those that they match`() throws {
    let settings = ClusterSettings(clusterCount: 3)
    func result(_ clusters: [Int?]) -> ClusterResult {
      ClusterResult(
        settings: settings, clusterOfSpot: clusters, inertia: 0, geneCount: 1,
        adjustedRandIndex: nil, normalizedMutualInformation: nil)
    }
    let one = result([2, 2, 2, 0, 0, 1, nil])
    let other = result([0, 0, 0, 1, 1, 2, 2])
    #expect(one.numbered(like: other).clusterOfSpot == [0, 0, 0, 1, 1, 2, nil])
    // One without a match takes the number that is free.
    let lone = result([0, 0, 0, 0, 0, nil, nil])
    #expect(lone.numbered(like: other).clusterOfSpot == [0, 0, 0, 0, 0, nil, nil])
    #expect(other.numbered(like: other) == other)
  }

  @Test func `components kept for one section or setting are not those of another`() throws {
    let (first, second) = (try sample("P1"), try sample("Q1"))
    var settings = ClusterSettings(clusterCount: 3)
    for section in [first, second] {
      for normalization in [Normalization.released, .raw] {
        for labelledOnly in [false, true] {
          settings.normalization = normalization
          settings.labelledSpotsOnly = labelledOnly
          settings.mostVariableGenes = labelledOnly ? 50 : 2000
          let kept = try workbench.clusters(of: section, settings)
          #expect(try Workbench().clusters(of: section, settings) == kept)
          #expect(kept.geneCount == (labelledOnly ? 50 : 167))
        }
      }
    }
  }

  @Test func `what cannot be clustered says why`() throws {
    let section = try sample()
    #expect(
      throws: WorkbenchError(
        "Section P1 has 246 spots to cluster, fewer than the 300 clusters asked for. Ask for fewer."
      )
    ) { try workbench.clusters(of: section, ClusterSettings(clusterCount: 300)) }
    #expect(throws: WorkbenchError.cancelled) {
      try workbench.clusters(of: section, ClusterSettings(clusterCount: 3)) { true }
    }
    let none = try sample(panel: Panel(name: "none", genes: ["NOSUCH"]))
    #expect(throws: WorkbenchError("Section P1 has nothing to cluster.")) {
      try workbench.clusters(of: none, ClusterSettings(clusterCount: 3))
    }
    var settings = ClusterSettings(clusterCount: 2)
    settings.labelledSpotsOnly = true
    #expect(
      throws: WorkbenchError(
        "Section Z has no pathologist's labels, so there are no labelled spots to cluster. "
          + "Leave out --labelled-only.")
    ) { try workbench.clusters(of: smallSection(), settings) }
  }

  @Test func `the summary counts the components there are`() {
    var settings = ClusterSettings(clusterCount: 4, normalization: .scanpy)
    #expect(
      settings.summary(genes: 30, spots: 200)
        == "k-means, k = 4, on 30 principal components of 30 genes (scanpy), best of 20 restarts, "
        + "seed 0")
    settings.labelledSpotsOnly = true
    #expect(settings.summary(genes: 785, spots: 12).contains("on 12 principal components of 785"))
    #expect(settings.summary(genes: 785, spots: 300).hasSuffix(", seed 0, labelled spots only"))
  }

  @Test func `a table of genes is aligned whatever the names`() {
    let rows = [
      GeneRow(gene: "A", mean: 0.5, variance: 12.25, moransI: -0.125, attainable: 0.5, spots: 7),
      GeneRow(
        gene: "LONG-NAME.1", mean: 1234.5, variance: 0, moransI: nil, attainable: nil, spots: 12345),
    ]
    #expect(
      GeneRow.text(of: rows) == """
        gene             mean  variance  Moran's I  attainable   spots
        A               0.500    12.250     -0.125       0.500       7
        LONG-NAME.1  1234.500     0.000          –           –  12,345
        attainable: what a correlation could at best be, counts being a sample; eosin evaluate explains
        """)
    #expect(GeneRow.text(of: []) == "gene  mean  variance  Moran's I  attainable  spots")
  }

  @Test func `letters of clusters are all different`() {
    #expect((0..<4).map(clusterLetter) == ["A", "B", "C", "D"])
    #expect(clusterLetter(25) == "Z" && clusterLetter(26) == "a" && clusterLetter(52) == "A2")
    #expect(Set((0..<200).map(clusterLetter)).count == 200)
  }

  @Test func `exported clusters have their names, or else their letters`() throws {
    let folder = try TemporaryFolder()
    let export = ClusterExport(
      section: smallSection(), clusterOfSpot: [0, 1, nil], letters: ["A", "B"],
      names: ["", "stroma, dense"])
    let file = folder.url.appending(path: "a.csv")
    try export.write(as: .table, to: file, replacing: false)
    #expect(try ClusterTable(reading: file).rows.map(\.name) == ["A", "stroma, dense", ""])
    #expect(try ClusterTable(reading: file).rows.map(\.cluster) == [1, 2, nil])
    #expect(throws: SectionError.self) {
      try export.write(as: .loupe, to: file, replacing: false)
    }
    try export.write(as: .loupe, to: file, replacing: true)
    #expect(
      String(decoding: try Data(contentsOf: file), as: UTF8.self)
        == "Barcode,Eosin clusters Z\n1x1,A\n2x1,\"stroma, dense\"\n")
  }

  @Test func `a section without image and labels says so`() {
    #expect(
      SectionInfo(smallSection(), format: "st").text == """
        Section Z of patient Z: ST, format st
          spots    3, 10 px apart
          genes    2, 1 seen at the median spot
          counts   1,239 in all, 5 at the median spot
          image    none
          labels   none
          note     Said once.
        """)
  }

  private func smallSection() -> LoadedSection {
    let spots = (1...3).map {
      Spot(id: "\($0)x1", column: $0, row: 1, x: Double($0) * 10, y: 5)
    }
    let section = Section(
      name: "Z", patient: "Z", platform: "ST", spots: spots, genes: ["A", "B"],
      counts: SparseMatrix(
        spotCount: 3, starts: [0, 2, 4], spots: [0, 1, 0, 2], values: [4, 5, 1230 - 4, 4]),
      notes: ["Said once."])
    return LoadedSection(section: section, panel: nil, normalization: .released)
  }
}
