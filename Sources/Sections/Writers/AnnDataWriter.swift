import Foundation
import HDF5

// A section as AnnData lays it out on disk, https://anndata.readthedocs.io, "On-disk format":
//
//   X                    counts, csr_matrix of float32, spots × genes
//   layers/<method>      what a method predicts, float32, NaN where it predicts nothing
//   obs, var             spots and genes; in obs array_row, array_col, in_tissue and categories
//   obsm/spatial         x, y in pixels of the full image
//   uns/<name>_colors    the categories' colours, #rrggbb
//   uns/spatial/<section>/images/hires, scalefactors/…     as scanpy and squidpy expect
//   uns/eosin            version, section, patient, platform, normalization
//   uns/eosin/methods/<method>      the JSON of a PredictionSidecar: what the layer's values are
//   uns/eosin/annotations/<name>    how categories were made
//
// Counts are written by spot although Eosin stores them by gene: csr is what scanpy works on, and
// would else be made from csc in the reader's memory.
extension SectionExport {
  /// Writes the section for anndata, scanpy and squidpy, whole or not at all.
  ///
  /// Equal sections give equal files. Blocks of spots are made and written one after the other, so
  /// that no matrix is dense in memory. Names that HDF5 cannot have, such as those with `/`, are
  /// changed.
  /// - Throws: when the file is there and is not to be replaced, or cannot be written.
  public func writeAnnData(to url: URL, replacing: Bool) throws(SectionError) {
    try StreamedFile.place(at: url, replacing: replacing) { temporary throws(SectionError) in
      // HDF5 does not say as well what is wrong with a folder.
      do throws(SectionError) { try writeWhole([], to: temporary, replacing: false) } catch {
        throw SectionError(file: url, problem: error.problem)
      }
      unlink(temporary.path)
      do throws(HDF5Error) {
        let file = try HDF5Writer(creating: temporary)
        try AnnDataWriter(self, file).write()
        try file.close()
        try? FileHandle(forReadingFrom: temporary).synchronize()
      } catch {
        throw SectionError(
          file: url,
          problem:
            "cannot be written\(error.object.map { " from '\($0)' on" } ?? ""): the disk may "
            + "be full. Nothing was changed.")
      }
    }
  }

  /// What an AnnData file cannot hold of the section, one plain sentence each.
  public var annDataNotes: [String] {
    let known = Set(section.genes)
    var notes = predictions.compactMap { prediction -> String? in
      let unknown = prediction.genes.filter { !known.contains($0) }
      guard !unknown.isEmpty else { return nil }
      return "\(counted(unknown.count, "gene")) predicted by \(prediction.method) left out: not in "
        + "the section."
    }
    if let missing = section.missingPositions { notes.append("No positions written: \(missing)") }
    return notes
  }
}

/// Writes one section to a file that has been made.
struct AnnDataWriter {
  let export: SectionExport
  let file: HDF5Writer

  init(_ export: SectionExport, _ file: HDF5Writer) {
    self.export = export
    self.file = file
  }

  var section: Section { export.section }

  func write() throws(HDF5Error) {
    try mark("/", "anndata", "0.1.0")
    try writeCounts()
    try makeDictionary("/layers")
    try makeDictionary("/uns")
    let layers = uniqueNames(export.predictions.map(\.method))
    for (name, prediction) in zip(layers, export.predictions) {
      try write(prediction, at: "/layers/\(name)")
    }
    let columns = try writeSpots()
    try writeGenes()
    for name in ["obsm", "varm", "obsp", "varp"] { try makeDictionary("/\(name)") }
    try writeColors(columns)
    try writeOrigins(layers, columns)
    if section.missingPositions == nil { try writePositions() }
  }

  // MARK: Elements

  func mark(_ path: String, _ type: String, _ version: String) throws(HDF5Error) {
    try file.set("encoding-type", of: path, to: type)
    try file.set("encoding-version", of: path, to: version)
  }

  func makeDictionary(_ path: String) throws(HDF5Error) {
    try file.makeGroup(path)
    try mark(path, "dict", "0.1.0")
  }

  func write(_ text: String, at path: String) throws(HDF5Error) {
    try file.write(text, to: path)
    try mark(path, "string", "0.2.0")
  }

  func write(_ texts: [String], at path: String) throws(HDF5Error) {
    try file.write(texts, to: path)
    try mark(path, "string-array", "0.2.0")
  }

  func write(_ number: Double, at path: String) throws(HDF5Error) {
    try file.write(number, to: path)
    try mark(path, "numeric-scalar", "0.2.0")
  }

  func write<Number: HDF5StoredNumber>(
    _ numbers: [Number], shape: [Int], at path: String
  ) throws(HDF5Error) {
    try file.write(numbers, shape: shape, to: path)
    try mark(path, "array", "0.2.0")
  }
}

/// Names as HDF5 can have them in one group, unique.
func uniqueNames(_ names: [String], taken: Set<String> = []) -> [String] {
  var taken = taken
  return names.map { name in
    let plain = name.replacingOccurrences(of: "/", with: "_")
      .replacingOccurrences(of: "\0", with: "_")
    let stem = [".", "..", ""].contains(plain) ? "_" : plain
    var unique = stem
    var number = 2
    while !taken.insert(unique).inserted {
      unique = "\(stem)_\(number)"
      number += 1
    }
    return unique
  }
}
