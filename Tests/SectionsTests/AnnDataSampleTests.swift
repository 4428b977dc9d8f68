import Foundation
import TestSupport
import Testing

@testable import Sections

/// Real files. Expected numbers were computed with anndata 0.12.19 and NumPy in double precision;
/// NaN taken as 0.
@Suite(.enabled(if: SharedFiles.hasData)) struct AnnDataSampleTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    var name: String
    var spots: Int
    var genes: Int
    var entries: Int
    var sum: Double
    var gene: String
    var geneSum: Double
    /// The value of the gene at the sixth spot.
    var sixth: Float
    var first: String
    var last: String
    var category: (column: String, name: String, spots: Int)

    var testDescription: String { name }
  }

  static let files = [
    Expected(
      name: "coexpress_csr_gzip", spots: 2898, genes: 19_465, entries: 1_069_459, sum: 3_085_005,
      gene: "Sox11", geneSum: 70_965, sixth: 3, first: "AACAGGAAGAGCATAG-1",
      last: "TGTTGGCCAGACCTAC-1", category: ("cluster", "C3", 414)),
    Expected(
      name: "coexpress_csc_lzf", spots: 2898, genes: 19_465, entries: 1_069_459,
      sum: 2574053.017465055, gene: "Pdia3", geneSum: 14751.510248661041,
      sixth: 5.796749114990234, first: "AACAGGAAGAGCATAG-1", last: "TGTTGGCCAGACCTAC-1",
      category: ("cluster", "C6", 414)),
    Expected(
      name: "coexpress_dense1000_gzip", spots: 2898, genes: 1000, entries: 652_762,
      sum: 1814164.1935506463, gene: "Pdia3", geneSum: 14751.510248661041,
      sixth: 5.796749114990234, first: "AACAGGAAGAGCATAG-1", last: "TGTTGGCCAGACCTAC-1",
      category: ("cluster", "C0", 414)),
    Expected(
      name: "squidpy-small", spots: 49, genes: 1999, entries: 22_372, sum: 30129.566022634506,
      gene: "Bc1", geneSum: 351.40849208831787, sixth: 7.452567100524902,
      first: "AAATTGCGGCGGTTCT-1", last: "TTCGCATCCGGAAGCA-1", category: ("leiden", "2", 19)),
    Expected(
      name: "anndata-v0.5.0", spots: 700, genes: 765, entries: 535_433, sum: -243.681057988666,
      gene: "SLC25A39", geneSum: 55.749988198280334, sixth: -0.503000020980835,
      first: "AAAGCCTGGCTAAC-1", last: "TTGAGGTGGAGAGC-8", category: ("louvain", "10", 13)),
    Expected(
      name: "nan", spots: 100, genes: 100, entries: 7444, sum: -108.55404550361709,
      gene: "EBNA1BP2", geneSum: 23.580285519361496, sixth: -0.2802935540676117,
      first: "AAACATACAACCAC-1", last: "AAGATTACCGCCTT-1",
      category: ("louvain", "CD4 T cells", 43)),
    Expected(
      name: "anndata-v0.7.0", spots: 30, genes: 20, entries: 228, sum: 285, gene: "gene10",
      geneSum: 22, sixth: 1, first: "cell0", last: "cell29", category: ("obs_cat", "f", 3)),
  ]

  func section(_ name: String) throws -> Section {
    let url = SharedFiles.data.appending(path: "h5ad/\(name).h5ad")
    let references = try AnnDataReader.sections(in: url)
    return try AnnDataReader.read(references[0])
  }

  /// Sums of floats in double precision do not depend on their order to within 1 in 10¹².
  @Test(arguments: files)
  func `values are those that anndata reads`(expected: Expected) throws {
    let section = try section(expected.name)
    #expect(section.spots.count == expected.spots)
    #expect(section.genes.count == expected.genes)
    #expect(section.counts.entryCount == expected.entries)
    let sum = section.counts.totalsOfSpots().reduce(0, +)
    #expect(abs(sum - expected.sum) <= 1e-12 * 3e6)
    let place = section.genes.firstIndex(of: expected.gene)
    let values = section.counts.values(ofGene: try #require(place))
    #expect(abs(values.reduce(0) { $0 + Double($1) } - expected.geneSum) <= 1e-12 * 7e4)
    #expect(values[5] == expected.sixth)
    #expect(section.spots.first?.id == expected.first)
    #expect(section.spots.last?.id == expected.last)
    let annotation = section.annotations.first { $0.name == expected.category.column }
    let categories = try #require(annotation)
    let category = categories.categories.firstIndex(of: expected.category.name)
    #expect(categories.categoryOfSpot.count { $0 == category } == expected.category.spots)
  }

  @Test func `a Visium section lies on its picture`() throws {
    let section = try section("coexpress_csr_gzip")
    #expect(abs(section.spots[5].x - 532.64810559) < 1e-8)
    #expect(abs(section.spots[5].y - 1852.11769769) < 1e-8)
    #expect(section.image?.width == 2000)
    #expect(section.imageScales.map(\.name) == ["hires", "lowres", "full"])
    #expect(section.notes == ["Counts are those of 'layers/counts', 19,465 genes, not of 'X'."])
    let small = try self.section("squidpy-small")
    #expect(small.image?.width == 100)
    #expect(abs((small.spotDiameter ?? 0) - 89.44476048022638) < 1e-9)
  }

  @Test func `layers of anndata 0.7 are offered`() throws {
    let url = SharedFiles.data.appending(path: "h5ad/anndata-v0.7.0.h5ad")
    let file = try AnnDataFile(opening: url)
    #expect(try file.layers().map(\.name) == ["array", "sparse"])
  }
}
