import Foundation

/// A list of genes to predict or to show, in an order that matters.
public struct Panel: Sendable, Hashable, Codable {
  /// What the panel is called: its file's name without the ending.
  public var name: String
  /// Gene symbols, unique, in the file's order.
  public var genes: [String]

  /// Makes a panel of the names given; repeats are dropped.
  public init(name: String, genes: [String]) {
    self.name = name
    var seen = Set<String>()
    self.genes = genes.filter { seen.insert($0).inserted }
  }

  /// Reads a list of genes: text with a symbol a line, or a NumPy `.npy` array of strings.
  ///
  /// Blank lines and lines that begin with `#` are skipped. Which of the two kinds a file is shows
  /// in its first bytes. A pickle inside an `.npy` file is read as data; nothing in it is run.
  /// - Throws: when the file cannot be read, names no genes, or is an array of something else.
  public init(reading url: URL) throws(SectionError) {
    let bytes = try readTextFile(url)
    let name = url.deletingPathExtension().lastPathComponent
    let genes: [String]
    if bytes.starts(with: numpyMagic) {
      genes = try numpyStrings(bytes, from: url)
    } else {
      genes = try linesOfPanel(bytes, from: url)
    }
    guard !genes.isEmpty else {
      throw SectionError(file: url, problem: "names no genes. Write one symbol a line.")
    }
    self.init(name: name, genes: genes)
  }

  /// Where the panel's genes are in a section, and which it lacks.
  public func indices(in section: Section) -> (found: [Int], missing: [String]) {
    indices(in: section.genes)
  }

  /// Where the panel's genes are in a list of genes, in the panel's order, and which it lacks.
  public func indices(in genes: [String]) -> (found: [Int], missing: [String]) {
    let wanted = Set(self.genes)
    var indexOfGene: [String: Int] = [:]
    for (index, gene) in genes.enumerated() where wanted.contains(gene) {
      indexOfGene[gene] = index
    }
    return (
      self.genes.compactMap { indexOfGene[$0] }, self.genes.filter { indexOfGene[$0] == nil }
    )
  }
}

private func linesOfPanel(_ bytes: [UInt8], from url: URL) throws(SectionError) -> [String] {
  guard !bytes.prefix(1024).contains(0) else {
    throw SectionError(file: url, problem: "is not text. Write one gene symbol a line.")
  }
  var genes: [String] = []
  let lines = bytes.split(separator: newline, omittingEmptySubsequences: false)
  for (index, line) in lines.enumerated() {
    let gene = cellText(line)
    if gene.isEmpty || gene.hasPrefix("#") { continue }
    guard !gene.contains(where: { $0 == "\t" || $0 == "," || $0 == " " }) else {
      throw SectionError(
        file: url, line: index + 1,
        problem: "\(quoted(gene)) is more than one gene symbol. Write one a line.")
    }
    genes.append(gene)
  }
  return genes
}
