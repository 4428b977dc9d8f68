import Foundation

extension SparseMatrix {
  /// Writes the matrix as a ``GeneMajorFile``, whole or not at all.
  public func write(geneMajor url: URL) throws(SectionError) {
    try StreamedFile.write(to: url, replacing: true) { file throws(SectionError) in
      try file.append([GeneMajorFile.magic])
      try file.append([spotCount, geneCount, entryCount].map { UInt64($0) })
      try file.append(starts)
      let blocks = geneBlocks()
      for genes in blocks { try file.append(block(ofGenes: genes).spots) }
      for genes in blocks { try file.append(block(ofGenes: genes).values) }
    }
  }
}
