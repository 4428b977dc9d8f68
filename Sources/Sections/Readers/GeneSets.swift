import Foundation

/// A named group of genes, such as a pathway.
public struct GeneSet: Sendable, Hashable, Codable {
  /// The set's name, unique in its file.
  public var name: String
  /// What the file says of it: a sentence, an address, or nothing.
  public var description: String
  /// Gene symbols, unique, in the file's order.
  public var genes: [String]

  /// Makes a set of the names given; repeats are dropped.
  public init(name: String, description: String = "", genes: [String]) {
    self.name = name
    self.description = description
    var seen = Set<String>()
    self.genes = genes.filter { seen.insert($0).inserted }
  }
}

/// The gene sets of a GMT file, as MSigDB and Enrichr give them out.
///
/// A line a set, with tabs between: name, description, then the genes. Blank lines and lines that
/// begin with `#` are skipped. A weight behind a gene, as in Enrichr's `TP53,1.0`, is left out.
public struct GeneSets: Sendable, Hashable {
  /// The file's name without its endings.
  public var name: String
  /// In the file's order.
  public var sets: [GeneSet]
  /// What was changed while reading, a sentence each.
  public var notes: [String]

  /// Takes sets made elsewhere.
  public init(name: String, sets: [GeneSet], notes: [String] = []) {
    self.name = name
    self.sets = sets
    self.notes = notes
  }

  /// Reads a plain or gzipped GMT file.
  ///
  /// - Throws: the file, the line, what was found and what to do, for a file without sets, or a line
  ///   without a name, without tabs or without genes.
  public init(reading url: URL) throws(SectionError) {
    let text = try readTextFile(url)
    guard !text.prefix(1024).contains(0) else {
      throw SectionError(file: url, problem: "is not text. Give gene sets as a GMT file.")
    }
    name = stemWithoutGzip(url)
    sets = []
    notes = []
    let lines = text.split(separator: newline, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let cells = line.split(separator: tab, omittingEmptySubsequences: false).map(cellText)
      if cells.allSatisfy(\.isEmpty) || cells[0].hasPrefix("#") { continue }
      sets.append(try Self.set(of: cells, line: index + 1, of: url))
    }
    guard !sets.isEmpty else {
      throw SectionError(
        file: url,
        problem: "has no gene sets. Write one a line: name, description and genes, with tabs "
          + "between.")
    }
    var names = sets.map(\.name)
    if let note = numberRepeatedGenes(&names, noun: "gene set") {
      notes.append(note)
      for (index, name) in names.enumerated() { sets[index].name = name }
    }
  }

  private static func set(
    of cells: [String], line: Int, of url: URL
  ) throws(SectionError) -> GeneSet {
    guard cells.count > 1 else {
      throw SectionError(
        file: url, line: line,
        problem: "\(quoted(cells[0])) has no tab behind it. A line of a GMT file is a name, a "
          + "description and genes, with tabs between.")
    }
    guard !cells[0].isEmpty else {
      throw SectionError(
        file: url, line: line,
        problem: "the gene set has no name. Write one before the first tab.")
    }
    let genes = cells.dropFirst(2).map(withoutWeight).filter { !$0.isEmpty }
    guard !genes.isEmpty else {
      throw SectionError(
        file: url, line: line,
        problem: "gene set \(quoted(cells[0])) names no genes. Write them behind the description, "
          + "which may be empty, with tabs between.")
    }
    return GeneSet(name: cells[0], description: cells[1], genes: genes)
  }

  private static func withoutWeight(_ cell: String) -> String {
    guard let separator = cell.lastIndex(of: ","),
      Double(cell[cell.index(after: separator)...]) != nil
    else { return cell }
    return String(cell[..<separator])
  }
}

/// A file's name without its ending, and without `.gz` behind that.
public func stemWithoutGzip(_ url: URL) -> String {
  let plain = url.pathExtension.lowercased() == "gz" ? url.deletingPathExtension() : url
  return plain.deletingPathExtension().lastPathComponent
}
