import Foundation
import HDF5

// An AnnData file on disk (https://anndata.readthedocs.io, "On-disk format"), as far as sections
// need it; in brackets as anndata before 0.7 has it:
//
//   X                          a matrix, spots × genes
//   layers/<name>              more of the same size: counts, predictions
//   raw/X, raw/var             [raw.X, raw.var] the matrix before genes were chosen
//   obs, var                   [datasets of rows] tables of spots and genes
//   obsm/spatial               [a field] x and y of the spots
//   uns/spatial/<library>/…    images, scalefactors
//   uns/<column>_categories    [only there] what codes in obs mean
//   uns/eosin/…                what Eosin writes: section, patient, platform, methods

/// An AnnData file, `.h5ad`, open for reading.
public struct AnnDataFile: Sendable {
  /// The file.
  public let url: URL
  let file: HDF5File
  let obs: AnnDataTable
  let vars: AnnDataTable

  /// Whether a file begins as HDF5 files do, whatever it is called.
  public static func recognizes(_ url: URL) -> Bool { HDF5File.recognizes(url) }

  /// Opens a file and looks at its tables; reads no matrix.
  ///
  /// - Throws: for what is no HDF5 file, is cut short, or has no `obs` and `var`.
  public init(opening url: URL) throws(SectionError) {
    self.url = url
    file = try inHDF5 { () throws(HDF5Error) in try HDF5File(opening: url) }
    obs = try AnnDataTable("obs", in: file)
    vars = try AnnDataTable("var", in: file)
    // Spots and genes are numbered in 32 bits.
    guard obs.rowCount < UInt32.max, vars.rowCount < UInt32.max else {
      throw SectionError(file: url, problem: "has more spots or genes than Eosin can number.")
    }
    guard obs.rowCount > 0, vars.rowCount > 0 else {
      throw SectionError(
        file: url,
        problem: "has \(counted(obs.rowCount, "spot")) and \(counted(vars.rowCount, "gene")). "
          + "There is nothing to show.")
    }
  }

  /// The spots' names in the file's order, made unique, and what was changed.
  func spotNames() throws(SectionError) -> (names: [String], note: String?) {
    var names = try obs.names()
    let note = numberRepeatedGenes(&names, noun: "spot")
    return (names, note)
  }

  /// A text of the file, such as `uns/eosin/patient`; nil where there is none.
  func text(_ path: String) -> String? {
    guard file.root.kind(of: path) == .dataset, let dataset = try? file.root.dataset(path),
      case .string = dataset.type, dataset.count == 1
    else { return nil }
    return (try? dataset.readStrings())?.first
  }

  /// The names in a group; none where there is no such group.
  func members(of path: String) -> [String] {
    guard file.root.kind(of: path) == .group else { return [] }
    return (try? file.root.group(path).members) ?? []
  }

  /// A matrix of the sizes of `obs` and a table of genes; nil where there is none.
  func matrix(_ path: String, genes: AnnDataTable) throws(SectionError) -> AnnDataMatrix? {
    try AnnDataMatrix(
      path, in: file, spotCount: obs.rowCount, geneCount: genes.rowCount)
  }
}
