import Foundation
import TestSupport
import Testing

@testable import Sections

/// The matrix of dense rows.
private func matrix(_ rows: [[Float]]) -> SparseMatrix {
  var starts = [0]
  var spots: [UInt32] = []
  var values: [Float] = []
  for gene in rows[0].indices {
    for (spot, row) in rows.enumerated() where row[gene] != 0 {
      spots.append(UInt32(spot))
      values.append(row[gene])
    }
    starts.append(spots.count)
  }
  return SparseMatrix(spotCount: rows.count, starts: starts, spots: spots, values: values)
}

@Suite struct NormalizationTests {
  private struct Golden: Decodable {
    var counts: [[Float]]
    var expected: [[Double]]
  }

  @Test func `a few counts come out as from the authors' code`() throws {
    let url = Bundle.module.resourceURL!.appending(path: "Fixtures/normalise_small.json")
    let golden = try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: url))
    let expression = NormalizedExpression(
      counts: matrix(golden.counts), normalization: .released, panel: [0, 1, 2])
    let found = expression.dense(genes: [0, 1, 2])
    #expect(found == golden.expected.flatMap { $0.map(Float.init) })
  }

  @Test func `a spot keeps its zeros and the panel sets the library`() {
    let counts = matrix([[1, 3, 0], [0, 0, 0]])
    let panel = NormalizedExpression(counts: counts, normalization: .released, panel: [0])
    #expect(panel.values(ofGene: 0) == [Float(log10(10_001.0)), 0])
    let all = NormalizedExpression(counts: counts, normalization: .scanpy)
    #expect(all.values(ofGene: 1) == [Float(log1p(7500.0)), 0])
    let raw = NormalizedExpression(counts: counts, normalization: .raw)
    #expect(raw.values(ofGene: 1) == [3, 0])
  }

  @Test func `with a pseudocount a count of zero has a value, which every spot's entry holds`() {
    let counts = matrix([[1, 3, 0], [0, 0, 0]])
    let expression = NormalizedExpression(counts: counts, normalization: .stnet)
    func logs(_ shares: [Double]) -> [Float] { shares.map { Float(log($0)) } }
    #expect(expression.values(ofGene: 1) == logs([4.0 / 7, 1.0 / 3]))
    let some = expression.dense(genes: [0, 2])
    #expect(some == logs([2.0 / 7, 1.0 / 7, 1.0 / 3, 1.0 / 3]))
    let block = expression.block(ofGenes: [2, 0])
    #expect(block.starts == [0, 2, 4] && block.spots == [0, 1, 0, 1])
    #expect(block.values == logs([1.0 / 7, 1.0 / 3, 2.0 / 7, 1.0 / 3]))
    let log1p = NormalizedExpression(counts: counts, normalization: .log1p)
    #expect(log1p.values(ofGene: 1) == [Float(log(4.0)), 0])
  }

  @Test func `formulas say what is done`() {
    let formulas = Normalization.presets.map { $0.formula(panelSize: 785) }
    #expect(
      formulas == [
        "log10(1 + count · 10,000/total of 785 genes)",
        "ln(1 + count · 1,000,000/total of all genes)",
        "ln(1 + count · 10,000/total of all genes)",
        "ln((1 + count)/(n + total)), n = all genes", "ln(1 + count)",
        "ln(1 + count · 1,000,000/total of 785 genes)", "counts as read",
      ])
  }

  @Test func `some genes of a block are filled with zeros`() {
    let block = matrix([[1, 3], [0, 2], [4, 0]]).block(ofGenes: 0..<2)
    let filled = block.filled { $0 == 0 }
    #expect(filled.starts == [0, 3, 5] && filled.spots == [0, 1, 2, 0, 1])
    #expect(filled.values == [1, 0, 4, 3, 2])
  }

  @Test(arguments: Normalization.presets)
  func `all values at once are the values of each gene, small, large or fractional`(
    normalization: Normalization
  ) {
    let rows: [[Float]] = (0..<20).map { spot in
      [0, 1, 15, 16, 17.5, 0.25, 4_000, Float(spot), Float(spot) + 0.5]
    }
    let counts = matrix(rows)
    let expression = NormalizedExpression(counts: counts, normalization: normalization)
    let blocks = expression.mapBlocks { genes, block in (genes, block) }
    #expect(blocks.map(\.0) == [0..<counts.geneCount])
    let all = blocks[0].1
    for gene in 0..<counts.geneCount {
      let values = expression.values(ofGene: gene)
      for entry in all.starts[gene]..<all.starts[gene + 1] {
        #expect(all.values[entry] == values[Int(all.spots[entry])])
      }
    }
    #expect(expression.block(ofGenes: Array(0..<counts.geneCount)) == all)
  }

  @Test func `leaving spots out keeps the others' counts`() {
    let kept = matrix([[1, 0], [2, 3], [0, 4]]).keeping(spots: [0, 2])
    #expect(kept == matrix([[1, 0], [0, 4]]))
  }

  /// Needs the real section and its goldens, which are not part of the project.
  @Test(.enabled(if: SharedFiles.hasData && SharedFiles.hasFixtures))
  func `section C2 comes out as from the authors' loader`() throws {
    let set = try DataSet(opening: SharedFiles.data.appending(path: "her2st"))
    let section = try set.read(set.reference(named: "C2"))
    let folder = SharedFiles.fixtures.appending(path: "preprocessing")
    let goldens = try SafetensorsFile(folder.appending(path: "c2.safetensors"))
    let ids =
      try JSONSerialization.jsonObject(
        with: try Data(contentsOf: folder.appending(path: "c2_spots.json"))) as? [String: Any]
    #expect(section.spots.map(\.id) == ids?["spot_ids"] as? [String])
    #expect(
      section.spots.flatMap { [Int64($0.column), Int64($0.row)] }
        == goldens.array("positions", as: Int64.self))
    #expect(
      section.spots.flatMap { [$0.x, $0.y] }
        == goldens.array("pixel_centres_raw", as: Double.self))

    let panel = try Panel(
      reading: SharedFiles.data.appending(path: "panels/her_hvg_cut_1000.npy"))
    let (genes, missing) = panel.indices(in: section)
    #expect(missing.isEmpty && genes.count == 785)
    let raw = NormalizedExpression(counts: section.counts, normalization: .raw)
    #expect(
      raw.dense(genes: genes) == goldens.array("counts", as: UInt16.self).map(Float.init))
    #expect(
      section.counts.totalsOfSpots(overGenes: genes)
        == goldens.array("library_size_selected_genes", as: Double.self))
    let expression = NormalizedExpression(
      counts: section.counts, normalization: .released, panel: genes)
    let found = expression.dense(genes: genes)
    let expected = goldens.array("expression", as: Float.self)
    let differences = zip(found, expected).map { abs($0 - $1) }
    let largest = differences.max() ?? 0
    #expect(largest <= 1e-6, "at \(differences.firstIndex(of: largest) ?? 0)")
  }
}
