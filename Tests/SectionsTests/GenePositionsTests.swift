import Foundation
import TestSupport
import Testing

@testable import Sections

private let gtf = """
  #!genome-build GRCh38
  17\tensembl\tgene\t100\t200\t.\t+\t.\tgene_id "ENSG2"; gene_version "3"; gene_name "ERBB2";
  17\tensembl\ttranscript\t100\t150\t.\t+\t.\tgene_id "ENSG2"; gene_name "ERBB2";
  X\tensembl\tgene\t5\t9\t.\t-\t.\tgene_id "ENSG1.4"; gene_biotype "lncRNA";
  2\tensembl\tgene\t7\t9\t.\t-\t.\tgene_id "ENSG3"; gene_name "SCD";
  Y\tensembl\tgene\t1\t9\t.\t-\t.\tgene_id "ENSG5"; gene_name "SCD";

  """

@Suite struct GenePositionsTests {
  let folder = TemporaryFolder()

  private func read(_ text: String) throws -> GenePositions {
    try GenePositions(reading: folder.write(text, to: "genes"))
  }

  /// `gene chromosome:start-end` of each.
  private func described(_ found: GenePositions) -> [String] {
    found.positions.map { "\($0.gene) \($0.chromosome):\($0.start)-\($0.end)" }
  }

  @Test func `the gene lines of an annotation are read, plain and gzipped`() throws {
    let found = try read(gtf)
    #expect(described(found) == ["SCD 2:7-9", "ERBB2 17:100-200", "ENSG1 X:5-9"])
    #expect(found.notes == ["1 gene has more than one place; the first counts: 'SCD'."])
    #expect(found.chromosomes == ["2", "17", "X"])
    let packed = folder.write(gzipped(gtf), to: "genes.gtf.gz")
    #expect(try GenePositions(reading: packed) == found)
  }

  @Test func `a table may have a header or none`() throws {
    let named = "start\tChr\tsymbol\tend\tstrand\n100\tchr10\tA\t200\t+\n5\tchr9\tB\t9\t-\n"
    #expect(described(try read(named)) == ["B chr9:5-9", "A chr10:100-200"])
    #expect(
      described(try read("A\tchr10\t100\t200\nB\tchr9\t5\t9\n")) == [
        "B chr9:5-9", "A chr10:100-200",
      ])
    #expect(described(try read("gene,chromosome,start,end\nA,1,3,3\n")) == ["A 1:3-3"])
  }

  @Test func `chromosomes stand as people count them`() {
    let names = ["chrM", "chrY", "KI270.1", "chr2", "chrX", "chr10", "chr1", "GL.1", "MT", "22"]
    let found = GenePositions(
      names.map { GenePosition(gene: $0, chromosome: $0, start: 1, end: 2) })
    #expect(
      found.chromosomes == [
        "chr1", "chr2", "chr10", "22", "chrX", "chrY", "MT", "chrM", "GL.1", "KI270.1",
      ])
    #expect("chrX".withoutChromosomePrefix == "X" && "17".withoutChromosomePrefix == "17")
  }

  @Test(arguments: [
    ("", ": is empty."),
    ("gene\tchromosome\tstart\tend\n", ": has a header but no genes below it."),
    (
      "gene\tstart\tend\nA\t1\t2\n",
      ":1: has no column for the chromosome; its columns are 'gene', 'start', 'end'."
    ),
    (
      "gene\tchr\tstart\tend\nA\tchr1\tx\t2\n",
      ":2: gene 'A' reaches from 'x' to '2'. Give the first and the last base in whole numbers"
    ),
    ("gene\tchr\tstart\tend\nA\tchr1\t9\t2\n", ":2: gene 'A' reaches from '9' to '2'."),
    ("A\tchr1\t-5\t2\n", ":1: gene 'A' reaches from '-5' to '2'."),
    ("gene\tchr\tstart\tend\nA\t\t1\t2\n", ":2: gene 'A' has no chromosome."),
    ("gene\tchr\tstart\tend\n\tchr1\t1\t2\n", ":2: has no gene."),
    ("gene\tchr\tstart\tend\nA\tchr1\t1\n", ":2: has 3 cells, the header names 4 columns."),
    ("1\te\texon\t1\t2\t.\t+\t.\tgene_id \"A\"\n", ": has no lines of the feature 'gene'."),
    (
      "1\te\tgene\t1\t2\t.\t+\t.\tbiotype \"A\";\n",
      ":1: the gene has neither gene_name nor gene_id."
    ),
    ("#c\n1\te\tgene\t1\tq\t.\t+\t.\tgene_id \"A\";\n", ":2: gene 'A' reaches from '1' to 'q'."),
    (
      "1\te\texon\t1\t2\t.\t+\t.\tx\n1\te\tgene\t1\n", ":2: has 4 columns where a GTF file has 9."
    ),
    ("1\u{0}\n", ": is not text."),
  ])
  func `what is no position is refused`(text: String, problem: String) {
    let found = message { _ = try read(text) }
    #expect(found?.contains("genes\(problem)") == true, "\(found ?? "read")")
  }
}
