import Foundation

// matrix.mtx(.gz)                    counts, a row a feature and a column a barcode
// features.tsv(.gz), genes.tsv(.gz)  the rows, from version 3 on and before
// barcodes.tsv(.gz)                  the columns
private let matrixName = "matrix.mtx"
private let featureNames = ["features.tsv", "genes.tsv"]
private let barcodeNames = ["barcodes.tsv"]

extension FeatureMatrix {
  /// Reads `matrix.mtx` with `barcodes.tsv` and `features.tsv` or `genes.tsv` beside it, each plain
  /// or gzipped, all three perhaps behind one prefix.
  ///
  /// A matrix with a row a barcode is told by the lists' lengths and read turned.
  /// - Throws: where a list is not there, is empty, or is of another length than the matrix.
  init(matrixMarket url: URL) throws(SectionError) {
    let (entries, lists) = try sideBySide { () throws(SectionError) in
      try MatrixMarketEntries(parsing: try readTextFile(url), of: url)
    } _: { () throws(SectionError) in
      try MatrixMarketLists(beside: url)
    }
    let (features, barcodes) = (lists.features, lists.barcodes)
    let header = entries.header
    let sizes = (header.rowCount, header.columnCount)
    let isTurned = sizes != (features.count, barcodes.count)
    guard !isTurned || sizes == (barcodes.count, features.count) else {
      throw SectionError(
        file: url, line: header.line,
        problem: "has \(counted(sizes.0, "row")) and \(counted(sizes.1, "column")), but "
          + "\(lists.files[0].lastPathComponent) lists \(counted(features.count, "feature")) and "
          + "\(lists.files[1].lastPathComponent) \(counted(barcodes.count, "barcode")). "
          + "Copy the three again.")
    }
    let (counts, facts) = try SparseMatrix.transposing(
      MatrixMarketSpots(entries, spotsAreRows: isTurned, file: url))
    try self.init(
      barcodes: barcodes, features: features, counts: counts, facts: facts,
      notes: isTurned
        ? ["The matrix has a row for each barcode and a column for each feature; read turned."]
        : [], files: [url] + lists.files)
  }

  /// The Matrix Market file in a folder, where there is one; prefixes are not looked for.
  static func matrixMarketFile(in folder: URL) -> URL? {
    let names = namesInFolder(folder)
    return [matrixName + ".gz", matrixName].first(where: names.contains)
      .map { folder.appending(path: $0) }
  }

  /// What stands before `matrix.mtx` in a file's name; nil where that is not how it ends.
  static func matrixMarketPrefix(_ name: String) -> String? {
    for ending in [matrixName, matrixName + ".gz"] where name.lowercased().hasSuffix(ending) {
      return String(name.dropLast(ending.count))
    }
    return nil
  }
}

/// What the rows and columns of a matrix stand for.
private struct MatrixMarketLists {
  let features: [Feature]
  let barcodes: [String]
  /// The file with the features, and that with the barcodes.
  let files: [URL]

  init(beside url: URL) throws(SectionError) {
    files = [
      try listFile(featureNames, beside: url), try listFile(barcodeNames, beside: url),
    ]
    features = try readFeatures(files[0])
    barcodes = try readBarcodes(files[1])
  }
}

/// The first of some lists that lies beside a matrix, with the matrix's prefix or without.
private func listFile(_ wanted: [String], beside matrix: URL) throws(SectionError) -> URL {
  let folder = matrix.deletingLastPathComponent()
  let names = Set(namesInFolder(folder))
  let prefix = FeatureMatrix.matrixMarketPrefix(matrix.lastPathComponent) ?? ""
  for name in wanted {
    for candidate in [prefix + name, name] {
      for ending in ["", ".gz"] where names.contains(candidate + ending) {
        return folder.appending(path: candidate + ending)
      }
    }
  }
  throw SectionError(
    file: matrix,
    problem: "has no \(wanted.joined(separator: " or ")) beside it, plain or gzipped, which names "
      + "its \(wanted == barcodeNames ? "barcodes" : "features"). Put it there.")
}

/// The entries of a Matrix Market file by spot.
private struct MatrixMarketSpots: SpotMajorEntries {
  let spotCount: Int
  let geneCount: Int
  let starts: [Int]
  private let genes: [UInt32]
  private let values: [Float]
  private let file: URL

  /// Sorts entries by spot where they are not; those of a spot keep their order.
  init(_ entries: MatrixMarketEntries, spotsAreRows: Bool, file: URL) {
    let header = entries.header
    let (spots, genes) =
      spotsAreRows ? (entries.rows, entries.columns) : (entries.columns, entries.rows)
    self.file = file
    spotCount = spotsAreRows ? header.rowCount : header.columnCount
    geneCount = spotsAreRows ? header.columnCount : header.rowCount
    if let starts = Self.starts(ofSorted: spots, spotCount: spotCount) {
      (self.starts, self.genes, values) = (starts, genes, entries.values)
      return
    }
    var next = [Int](repeating: 0, count: spotCount + 1)
    for spot in spots { next[Int(spot) + 1] += 1 }
    for spot in 0..<spotCount { next[spot + 1] += next[spot] }
    starts = next
    var sortedGenes = [UInt32](repeating: 0, count: genes.count)
    var sortedValues = [Float](repeating: 0, count: genes.count)
    for (entry, spot) in spots.enumerated() {
      sortedGenes[next[Int(spot)]] = genes[entry]
      sortedValues[next[Int(spot)]] = entries.values[entry]
      next[Int(spot)] += 1
    }
    (self.genes, values) = (sortedGenes, sortedValues)
  }

  /// Where each spot's entries begin, and the last one's end; nil where spots do not ascend.
  private static func starts(ofSorted spots: [UInt32], spotCount: Int) -> [Int]? {
    var starts = [0]
    starts.reserveCapacity(spotCount + 1)
    var current: UInt32 = 0
    for (entry, spot) in spots.enumerated() where spot != current {
      guard spot > current else { return nil }
      starts.append(contentsOf: repeatElement(entry, count: Int(spot - current)))
      current = spot
    }
    starts.append(contentsOf: repeatElement(spots.count, count: spotCount + 1 - starts.count))
    return starts
  }

  func genes(ofEntries range: Range<Int>) -> [UInt32] { Array(genes[range]) }

  func counts(ofEntries range: Range<Int>) -> [Float] { Array(values[range]) }

  func damaged(_ problem: String) -> SectionError { SectionError(file: file, problem: problem) }
}
