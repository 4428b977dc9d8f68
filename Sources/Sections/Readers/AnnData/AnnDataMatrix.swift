import Foundation
import HDF5

/// A matrix of a file, spots × genes, before its entries are read: `X`, a layer, or `raw/X`.
///
/// Dense ones are datasets; sparse ones groups of `data`, `indices` and `indptr`, by spot (csr) or by
/// gene (csc).
struct AnnDataMatrix {
  /// Where it is in the file.
  let path: String
  let spotCount: Int
  let geneCount: Int
  let storage: Storage
  let file: URL

  enum Storage {
    case dense(HDF5Dataset)
    case bySpot(AnnDataEntries)
    case byGene(AnnDataEntries)
  }

  /// Where its entries can be found again, where they are sorted to be read.
  var origin: MatrixOrigin? {
    if case .bySpot(let entries) = storage { return entries.origin }
    return nil
  }

  /// Looks at a matrix; nil where there is none at the path.
  ///
  /// - Throws: for what is no matrix, or one of other sizes than the tables'.
  init?(
    _ path: String, in file: HDF5File, spotCount: Int, geneCount: Int
  ) throws(SectionError) {
    self.path = path
    self.spotCount = spotCount
    self.geneCount = geneCount
    self.file = file.url
    switch file.root.kind(of: path) {
    case .dataset:
      let (dataset, encoding) = try inHDF5 { () throws(HDF5Error) in
        let dataset = try file.root.dataset(path)
        return (dataset, try dataset.attributes.string("encoding-type"))
      }
      // What Python has as None.
      if encoding == "null" { return nil }
      // anndata 0.5 leaves out the side of a single gene or spot.
      let isFlat = dataset.shape.count == 1 && (geneCount == 1 || spotCount == 1)
      try Self.check(
        isFlat ? [spotCount, geneCount] : dataset.shape, spotCount, geneCount, path, file.url)
      guard !isFlat || dataset.count == spotCount * geneCount else {
        throw SectionError(file: file.url, problem: "'\(path)' has \(dataset.count) values.")
      }
      storage = .dense(dataset)
    case .group:
      let group = try inHDF5 { () throws(HDF5Error) in try file.root.group(path) }
      // The names before and since anndata 0.7.
      let (encoding, shape) = try inHDF5 { () throws(HDF5Error) in
        let old = try group.attributes.string("h5sparse_format")
        let oldShape = try group.attributes.numbers("h5sparse_shape", as: Int.self)
        return (
          try group.attributes.string("encoding-type") ?? old ?? "",
          try group.attributes.numbers("shape", as: Int.self) ?? oldShape ?? []
        )
      }
      try Self.check(shape, spotCount, geneCount, path, file.url)
      switch encoding.prefix(3) {
      case "csr": storage = .bySpot(try AnnDataEntries(group, lines: spotCount, of: file.url))
      case "csc": storage = .byGene(try AnnDataEntries(group, lines: geneCount, of: file.url))
      default:
        throw SectionError(
          file: file.url,
          problem: "'\(path)' is stored as '\(encoding)', which Eosin does not know. Make it a "
            + "csr_matrix, a csc_matrix or an array, and write the file again.")
      }
    case .other:
      throw SectionError(
        file: file.url, problem: "'\(path)' is a link that leads to nothing in the file.")
    case nil: return nil
    }
  }

  private static func check(
    _ shape: [Int], _ spotCount: Int, _ geneCount: Int, _ path: String, _ file: URL
  ) throws(SectionError) {
    guard shape == [spotCount, geneCount] else {
      let sides = shape.map { grouped($0) }.joined(separator: " × ")
      throw SectionError(
        file: file,
        problem: "'\(path)' is \(sides.isEmpty ? "of no size" : sides), and the tables are of "
          + "\(counted(spotCount, "spot")) and \(counted(geneCount, "gene")). Write the file "
          + "again.")
    }
  }

  /// Whether the first values are whole numbers and none below zero, as counts are; a look, where
  /// reading all would take long.
  func looksLikeCounts() throws(SectionError) -> Bool {
    let looked = 1 << 16
    let values = try inHDF5 { () throws(HDF5Error) -> [Float] in
      switch storage {
      case .dense(let dataset):
        let rows = max(1, looked / max(1, geneCount))
        return try dataset.read(rows: 0..<min(rows, dataset.rowCount))
      case .bySpot(let entries), .byGene(let entries):
        return try entries.data.read(rows: 0..<min(looked, entries.count))
      }
    }
    return values.allSatisfy { $0.isNaN || ($0 >= 0 && $0 == $0.rounded(.down)) }
  }

  /// Reads the matrix, of some of the spots; `kept` are their indices, ascending, nil for all.
  ///
  /// Zeros are left out, what is no number is taken as no count, and repeated entries are added up;
  /// all of it is counted.
  func read(spots kept: [Int]? = nil) throws(SectionError) -> (SparseMatrix, EntryFacts) {
    switch storage {
    case .dense(let dataset):
      return try AnnDataDenseRows(
        dataset, path: path, spotCount: spotCount, geneCount: geneCount, file: file
      ).sparse(spots: kept)
    case .bySpot(let entries):
      if let kept, let some = entries.lines(kept) {
        return try read(some, spotCount: kept.count)
      }
      let (matrix, facts) = try read(entries, spotCount: spotCount)
      return (kept.map { matrix.keeping(spots: $0) } ?? matrix, facts)
    case .byGene(let entries):
      let (matrix, facts) = try entries.matrixByGene(spotCount: spotCount)
      return (kept.map { matrix.keeping(spots: $0) } ?? matrix, facts)
    }
  }

  private func read(
    _ entries: AnnDataEntries, spotCount: Int
  ) throws(SectionError) -> (SparseMatrix, EntryFacts) {
    let source = AnnDataSpotEntries(
      entries: try entries.heldIfInLargeChunks(), spotCount: spotCount, geneCount: geneCount)
    let (matrix, facts) = try SparseMatrix.transposing(source)
    return (matrix, facts)
  }
}
