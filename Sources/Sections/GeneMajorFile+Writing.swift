import Foundation

extension SparseMatrix {
  /// Writes the matrix as a ``GeneMajorFile``, whole or not at all.
  public func write(
    geneMajor url: URL, facts: EntryFacts = EntryFacts()
  ) throws(SectionError) {
    try StreamedFile.write(to: url, replacing: true) { file throws(SectionError) in
      try file.appendHead(spotCount: spotCount, starts: starts, facts: facts)
      let blocks = geneBlocks()
      for genes in blocks { try file.append(block(ofGenes: genes).spots) }
      for genes in blocks { try file.append(block(ofGenes: genes).values) }
    }
  }
}

extension StreamedFile {
  /// Writes what a ``GeneMajorFile`` begins with.
  func appendHead(
    spotCount: Int, starts: [Int], facts: EntryFacts
  ) throws(SectionError) {
    let sizes = [spotCount, starts.count - 1, starts[starts.count - 1]]
    try append([GeneMajorFile.magic])
    try append((sizes + facts.numbers).map { UInt64($0) })
    try append(starts)
  }
}
