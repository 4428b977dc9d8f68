import Foundation

/// Where a gene lies.
public struct GenePosition: Sendable, Hashable, Codable {
  /// The gene's name, as sections call it.
  public var gene: String
  /// The chromosome as the file names it, such as `chr17` or `17`.
  public var chromosome: String
  /// The first base, from 1.
  public var start: Int
  /// The last base; not before ``start``.
  public var end: Int

  /// Takes all four.
  public init(gene: String, chromosome: String, start: Int, end: Int) {
    self.gene = gene
    self.chromosome = chromosome
    self.start = start
    self.end = end
  }
}

/// The positions of genes along the chromosomes, in genomic order.
///
/// Chromosomes are ordered as people count them: 1 to 22, X, Y, M, then all others by name; genes
/// by their start, then their end and name.
public struct GenePositions: Sendable, Hashable {
  /// In genomic order, a gene once.
  public let positions: [GenePosition]
  /// What was left out while reading, a sentence each.
  public let notes: [String]

  /// Takes positions in any order; of several of one gene the first.
  public init(_ positions: [GenePosition], notes: [String] = []) {
    var seen = Set<String>()
    let unique = positions.filter { seen.insert($0.gene).inserted }
    let places = Dictionary(
      uniqueKeysWithValues: Set(unique.map(\.chromosome)).map { ($0, ChromosomePlace($0)) })
    self.positions = unique.map { (place: places[$0.chromosome]!, position: $0) }  // One of them.
      .sorted { first, second in
        guard first.place == second.place else { return first.place < second.place }
        let (a, b) = (first.position, second.position)
        return (a.start, a.end, a.gene) < (b.start, b.end, b.gene)
      }
      .map(\.position)
    self.notes = notes
  }

  /// Reads a GTF annotation, as Ensembl and GENCODE give it out, or a table of gene, chromosome,
  /// start and end; either may be gzipped.
  ///
  /// Which of the two it is shows in its lines: those of a GTF have nine columns.
  /// - Throws: the file, the line, what was found and what to do.
  public init(reading url: URL) throws(SectionError) {
    let text = try readTextFile(url)
    guard !text.prefix(1024).contains(0) else {
      throw SectionError(
        file: url,
        problem: "is not text. Give a GTF file, or a table of gene, chromosome, start, end.")
    }
    if GTFGenes.recognizes(text) {
      let genes = try GTFGenes(parsing: text, of: url)
      self.init(genes.positions, notes: genes.notes)
    } else {
      let table = try GenePositionTable(parsing: text, of: url)
      self.init(table.positions, notes: table.notes)
    }
  }

  /// The chromosomes that have genes, in genomic order.
  public var chromosomes: [String] {
    var seen = Set<String>()
    return positions.map(\.chromosome).filter { seen.insert($0).inserted }
  }
}

/// Where a chromosome stands among all.
struct ChromosomePlace: Hashable, Comparable {
  /// Its number; 1000 and on for X, Y and M, beyond that for others.
  private let number: Int
  private let name: String

  init(_ name: String) {
    let short = name.withoutChromosomePrefix
    let named = ["X": 1000, "Y": 1001, "M": 1002, "MT": 1002]
    if let number = Int(short), (1..<1000).contains(number) {
      self.number = number
    } else {
      number = named[short.uppercased()] ?? 2000
    }
    self.name = name
  }

  static func < (first: Self, second: Self) -> Bool {
    (first.number, first.name) < (second.number, second.name)
  }
}

extension String {
  /// A chromosome's name without `chr` in front.
  public var withoutChromosomePrefix: String {
    lowercased().hasPrefix("chr") ? String(dropFirst(3)) : self
  }
}

/// Positions in a file's order, a gene once.
struct FirstPositions {
  private(set) var positions: [GenePosition] = []
  private var seen = Set<String>()
  private var repeated: [String] = []

  /// Keeps the first position of each gene.
  mutating func add(_ position: GenePosition) {
    if seen.insert(position.gene).inserted {
      positions.append(position)
    } else {
      repeated.append(position.gene)
    }
  }

  /// Says of genes that came at several places.
  var notes: [String] {
    guard !repeated.isEmpty else { return [] }
    let verb = repeated.count == 1 ? "has" : "have"
    return [
      "\(counted(repeated.count, "gene")) \(verb) more than one place; the first counts: "
        + "\(listed(repeated))."
    ]
  }
}
