import Foundation
import HDF5

/// Counts as 10x Genomics' programs write them: features of several types at barcodes.
struct FeatureMatrix {
  /// The barcodes in the file's order, unique.
  var barcodes: [String]
  /// The features in the file's order.
  var features: [Feature]
  /// The counts, `[barcodes, features]`.
  var counts: SparseMatrix
  /// What was changed while reading, a sentence each.
  var notes: [String]
  /// The files read.
  var files: [URL]

  /// Reads an HDF5 file, told by its first bytes, or else a Matrix Market file and the lists beside
  /// it.
  init(reading url: URL) throws(SectionError) {
    if HDF5File.recognizes(url) || url.pathExtension.lowercased() == "h5" {
      try self.init(hdf5: url)
    } else {
      try self.init(matrixMarket: url)
    }
  }

  init(
    barcodes: [String], features: [Feature], counts: SparseMatrix, facts: EntryFacts,
    notes: [String] = [], files: [URL]
  ) throws(SectionError) {
    guard facts.negative == 0 else {
      throw SectionError(
        file: files[0],
        problem: "holds \(counted(facts.negative, "number")) below zero, which are no counts. "
          + "Give the counts as Space Ranger wrote them.")
    }
    self.barcodes = barcodes
    self.features = features
    self.counts = counts
    self.notes = notes
    self.files = files
    if facts.notNumbers > 0 {
      self.notes.append(
        "\(counted(facts.notNumbers, "count")) that \(facts.notNumbers == 1 ? "is" : "are") no "
          + "number, taken as none.")
    }
  }

  /// Keeps genes alone, where the file says which features are; says what was kept apart.
  mutating func keepGenes() {
    let first = features.first?.type
    if first == Feature.gene || first == "", features.allSatisfy({ $0.type == first }) { return }
    var countOfType: [String: Int] = [:]
    for feature in features { countOfType[feature.type, default: 0] += 1 }
    guard countOfType[Feature.gene] != nil, countOfType.count > 1 else {
      if countOfType[Feature.gene] == nil, countOfType[""] == nil {
        notes.append("No feature is of type \(Feature.gene); all were taken as genes.")
      }
      return
    }
    let kept = features.indices.filter { features[$0].type == Feature.gene }
    let block = counts.block(ofGenes: kept)
    counts = SparseMatrix(
      spotCount: block.spotCount, starts: block.starts, spots: block.spots, values: block.values)
    features = kept.map { features[$0] }
    countOfType[Feature.gene] = nil
    let left = countOfType.sorted { $0.key < $1.key }.map { "\(grouped($0.value)) \($0.key)" }
    notes.append("Features that are no genes left out: \(left.joined(separator: ", ")).")
  }

  /// Names for the genes: the symbol, or the identifier where that is empty; unique, and said so
  /// where a number had to be added.
  mutating func geneNames(of url: URL) throws(SectionError) -> [String] {
    var names = features.map { $0.name.isEmpty ? $0.id : $0.name }
    try refuseNamelessGenes(names, lines: nil, of: url)
    if let note = nameGenesBySymbol(&names) { notes.append(note) }
    if let note = numberRepeatedGenes(&names) { notes.append(note) }
    return names
  }
}
