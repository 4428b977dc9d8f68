import Foundation
import HDF5

// matrix/{barcodes, data, indices, indptr, shape}     from version 3 on
// matrix/features/{id, name, feature_type}
// <genome>/{barcodes, data, indices, indptr, shape, genes, gene_names}    before, a group a genome
private let matrixGroup = "matrix"

extension FeatureMatrix {
  /// Reads the HDF5 file of Space Ranger and Cell Ranger, of any version.
  ///
  /// Of a file with a group for each genome, the genomes' genes are put one behind the other and
  /// their barcodes together, as later versions write them.
  /// - Throws: for a file that is none, and for parts that are missing or contradict each other.
  init(hdf5 url: URL) throws(SectionError) {
    let root = try inHDF5 { () throws(HDF5Error) in try HDF5File(opening: url).root }
    let names = try inHDF5 { () throws(HDF5Error) in
      try root.members.filter { root.kind(of: "\($0)/indptr") == .dataset }
    }
    guard !names.isEmpty else {
      throw SectionError(
        file: url,
        problem: "holds no matrix as Space Ranger writes it: a group 'matrix' with barcodes and "
          + "features. Give filtered_feature_bc_matrix.h5.")
    }
    var parts: [FeatureMatrix] = []
    for name in names.contains(matrixGroup) ? [matrixGroup] : names {
      let group = try inHDF5 { () throws(HDF5Error) in try root.group(name) }
      parts.append(try FeatureMatrix(group: group, of: url))
    }
    self = parts.count == 1 ? parts[0] : FeatureMatrix(joining: parts, named: names)
  }

  /// Whether an HDF5 file has the groups of a matrix as Space Ranger writes it.
  static func isMatrix(_ url: URL) -> Bool {
    guard HDF5File.recognizes(url), let root = try? HDF5File(opening: url).root,
      let names = try? root.members
    else { return false }
    return names.contains {
      root.kind(of: "\($0)/indptr") == .dataset && root.kind(of: "\($0)/barcodes") == .dataset
    }
  }

  /// Reads one group.
  private init(group: HDF5Group, of url: URL) throws(SectionError) {
    let barcodes = try inHDF5 { () throws(HDF5Error) in
      try group.dataset("barcodes").readStrings()
    }
    try refuseRepeatedSpots(barcodes, lines: nil, of: url)
    let source = try HDF5Spots(group, spotCount: barcodes.count, of: url)
    let (features, (counts, facts)) = try sideBySide { () throws(SectionError) in
      try inHDF5 { () throws(HDF5Error) in try Self.features(of: group) }
    } _: { () throws(SectionError) in
      try SparseMatrix.transposing(source)
    }
    guard features.count == source.geneCount else {
      throw source.damaged(
        "names \(counted(features.count, "feature")), and its matrix has "
          + "\(grouped(source.geneCount)). Export the file again.")
    }
    try self.init(
      barcodes: barcodes, features: features, counts: counts, facts: facts, files: [url])
  }

  private static func features(of group: HDF5Group) throws(HDF5Error) -> [Feature] {
    let isOld = group.kind(of: "features") == nil
    let ids = try group.dataset(isOld ? "genes" : "features/id").readStrings()
    let names = try group.dataset(isOld ? "gene_names" : "features/name").readStrings()
    let types =
      isOld || group.kind(of: "features/feature_type") == nil
      ? [] : try group.dataset("features/feature_type").readStrings()
    return ids.indices.map { index in
      Feature(
        id: ids[index], name: index < names.count ? names[index] : "",
        type: index < types.count ? types[index] : "")
    }
  }

  /// Puts the genes of several matrices one behind the other, at all their barcodes.
  private init(joining parts: [FeatureMatrix], named names: [String]) {
    var placeOfBarcode: [String: UInt32] = [:]
    barcodes = []
    for barcode in parts.flatMap(\.barcodes) where placeOfBarcode[barcode] == nil {
      placeOfBarcode[barcode] = UInt32(barcodes.count)
      barcodes.append(barcode)
    }
    var starts = [0]
    var spots: [UInt32] = []
    var values: [Float] = []
    for part in parts {
      let places = part.barcodes.map { placeOfBarcode[$0] ?? 0 }
      for gene in 0..<part.counts.geneCount {
        let entries = part.counts.withEntries(ofGene: gene) { oldSpots, counts in
          oldSpots.indices.map { (places[Int(oldSpots[$0])], counts[$0]) }
        }
        for (spot, count) in entries.sorted(by: { $0.0 < $1.0 }) {
          spots.append(spot)
          values.append(count)
        }
        starts.append(spots.count)
      }
    }
    features = parts.flatMap(\.features)
    counts = SparseMatrix(
      spotCount: barcodes.count, starts: starts, spots: spots, values: values)
    notes = parts.flatMap(\.notes)
    notes.append("The genes of \(names.count) genomes, \(listed(names)), one behind the other.")
    files = parts[0].files
  }
}

/// The entries of a matrix in an HDF5 file by spot, read a stretch at a time.
private struct HDF5Spots: SpotMajorEntries {
  let spotCount: Int
  let geneCount: Int
  let starts: [Int]
  private let indices: HDF5Dataset
  private let data: HDF5Dataset
  private let path: String
  private let file: URL

  init(_ group: HDF5Group, spotCount: Int, of url: URL) throws(SectionError) {
    self.spotCount = spotCount
    path = group.path
    file = url
    let (indices, data, starts, shape) = try inHDF5 { () throws(HDF5Error) in
      (
        try group.dataset("indices"), try group.dataset("data"),
        try group.dataset("indptr").read(Int.self), try group.dataset("shape").read(Int.self)
      )
    }
    (self.indices, self.data, self.starts) = (indices, data, starts)
    geneCount = shape.first ?? 0
    guard shape.count == 2, geneCount >= 0, shape[1] == spotCount else {
      throw damaged(
        "has the shape \(shape), and \(counted(spotCount, "barcode")). Export the file again.")
    }
    guard let entries = starts.last, indices.shape == [entries], data.shape == [entries] else {
      throw damaged(
        "has \(grouped(data.count)) counts, \(grouped(indices.count)) features of them, and offsets "
          + "that end at \(starts.last.map(grouped) ?? "nothing"). Export the file again.")
    }
  }

  func genes(ofEntries range: Range<Int>) throws(SectionError) -> [UInt32] {
    try inHDF5 { () throws(HDF5Error) in try indices.read(UInt32.self, rows: range) }
  }

  func counts(ofEntries range: Range<Int>) throws(SectionError) -> [Float] {
    try inHDF5 { () throws(HDF5Error) in try data.read(Float.self, rows: range) }
  }

  func damaged(_ problem: String) -> SectionError {
    SectionError(file: file, problem: "'\(path)' \(problem)")
  }
}
