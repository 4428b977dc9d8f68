import Foundation
import HDF5

// An output of Space Ranger, versions 1 to 4, each name perhaps behind a sample's:
//
//   [outs/]filtered_feature_bc_matrix.h5              counts, or raw_feature_bc_matrix.h5
//   [outs/]filtered_feature_bc_matrix/matrix.mtx.gz   the same, with barcodes and features
//   [outs/]matrix.mtx.gz                              the same without a folder
//   [outs/]spatial/tissue_positions.csv               where barcodes lie; _list.csv before 2.0
//   [outs/]spatial/scalefactors_json.json             pixels of the images
//   [outs/]spatial/tissue_hires_image.png             the image, 2,000 pixels or more a side
//   [outs/]analysis/clustering/<name>/clusters.csv    clusterings, perhaps
//   [outs/]binned_outputs/square_016um/…              all of this for a bin size of Visium HD
private let outputFolder = "outs"
private let binsFolder = "binned_outputs"
private let matrixNames = [
  "filtered_feature_bc_matrix", "filtered_gene_bc_matrices", "filtered_feature_cell_matrix",
  "raw_feature_bc_matrix", "raw_gene_bc_matrices",
]
private let positionNames = [
  "tissue_positions.csv", "tissue_positions_list.csv", "tissue_positions.csv.gz",
  "tissue_positions_list.csv.gz", "tissue_positions.parquet",
]
private let scaleNames = ["scalefactors_json.json", "scalefactors_json.json.gz"]
private let imageNames = ["hires", "lowres"].flatMap { size in
  ["png", "jpg", "jpeg", "tif", "tiff"].map { "tissue_\(size)_image.\($0)" }
}

/// Finds Space Ranger's files by their names.
enum SpaceRangerFiles {
  /// What was looked for, as messages list it.
  static let lookedFor =
    "filtered_feature_bc_matrix.h5 or the folder filtered_feature_bc_matrix, here, in outs, "
    + "in binned_outputs or in folders here"

  /// The sections in a folder: its bins, else its own output, else those of the folders in it.
  static func sections(in folder: URL) -> [SectionReference] {
    let folder = folder.standardizedFileURL
    if isMatrixFolder(folder) {
      return matrixMarket(in: folder).map { [section(ofCounts: $0)] } ?? []
    }
    let own = sections(ofSample: folder, named: sampleName(folder))
    if !own.isEmpty { return own }
    return namesInFolder(folder).sorted().map { folder.appending(path: $0) }.filter(isFolder)
      .flatMap { child in
        sections(ofSample: child, named: child.lastPathComponent, isOneOfSeveral: true)
      }
  }

  /// The section whose counts are a file: as its folder has it, or that file with what lies beside.
  static func section(ofCounts counts: URL) -> SectionReference {
    let counts = counts.standardizedFileURL
    var folder = counts.deletingLastPathComponent()
    if isMatrixFolder(folder.deletingLastPathComponent()) { folder.deleteLastPathComponent() }
    if isMatrixFolder(folder) { folder.deleteLastPathComponent() }
    let found = sections(ofSample: folder, named: sampleName(folder))
    if let known = found.first(where: { $0.counts.path == counts.path }) { return known }
    let name = counts.lastPathComponent
    let known = (matrixNames + ["matrix.mtx"]).lazy.compactMap { name.range(of: $0) }.first
    let prefix = known.map { String(name[..<$0.lowerBound]) } ?? ""
    return reference(
      named: known == nil ? String(name.prefix { $0 != "." }) : sampleName(folder),
      counts: counts, in: folder, prefixes: prefix.isEmpty ? [""] : [prefix, ""])
  }

  private static func isMatrixFolder(_ folder: URL) -> Bool {
    matrixNames.contains(where: folder.lastPathComponent.lowercased().hasSuffix)
  }

  /// A folder's own name, without those that Space Ranger gives to all.
  private static func sampleName(_ folder: URL) -> String {
    var folder = folder.standardizedFileURL
    while [outputFolder, binsFolder].contains(folder.lastPathComponent),
      folder.pathComponents.count > 2
    {
      folder.deleteLastPathComponent()
    }
    return folder.lastPathComponent
  }

  /// The sections of one sample's folder or its `outs`.
  private static func sections(
    ofSample folder: URL, named name: String, isOneOfSeveral: Bool = false
  ) -> [SectionReference] {
    for folder in [folder, folder.appending(path: outputFolder)] {
      let bins = bins(in: folder, patient: name, isOneOfSeveral: isOneOfSeveral)
      if !bins.isEmpty { return bins }
      let own = outputs(in: folder, named: name)
      if !own.isEmpty { return own }
    }
    return []
  }

  /// The bin sizes of Visium HD: 16 µm first, then from large to small, since those of 2 µm are
  /// millions.
  private static func bins(
    in folder: URL, patient: String, isOneOfSeveral: Bool
  ) -> [SectionReference] {
    let bins = folder.lastPathComponent == binsFolder ? folder : folder.appending(path: binsFolder)
    let names = namesInFolder(bins).filter { $0.hasPrefix("square_") }.sorted(by: >)
    let ordered = names.filter { $0.contains("016um") } + names.filter { !$0.contains("016um") }
    return ordered.flatMap { bin in
      outputs(
        in: bins.appending(path: bin), named: isOneOfSeveral ? "\(patient)_\(bin)" : bin
      ).map { reference in
        var reference = reference
        reference.patient = patient
        return reference
      }
    }
  }

  /// The sections whose counts lie in a folder: one, or one for each sample's name before them.
  private static func outputs(in folder: URL, named name: String) -> [SectionReference] {
    let counts = counts(in: folder)
    return counts.map { prefix, url in
      let own = String(prefix.reversed().drop { "_.- ".contains($0) }.reversed())
      return reference(
        named: counts.count == 1 || own.isEmpty ? name : own, counts: url, in: folder,
        prefixes: counts.count == 1 ? [prefix, ""] : [prefix])
    }.sorted { $0.name < $1.name }
  }

  // MARK: - Files of one section

  private static func reference(
    named name: String, counts: URL, in folder: URL, prefixes: [String]
  ) -> SectionReference {
    let places = prefixes.flatMap { prefix in
      [("\(prefix)spatial", ""), ("\(prefix)spatial", prefix), ("spatial", prefix), (".", prefix)]
        .map { (folder: folder.appending(path: $0.0).standardizedFileURL, prefix: $0.1) }
    }
    let files = places.map { Set(namesInFolder($0.folder)) }
    func first(_ names: [String]) -> URL? {
      for (place, files) in zip(places, files) {
        for name in names where files.contains(place.prefix + name) {
          return place.folder.appending(path: place.prefix + name)
        }
      }
      return nil
    }
    var reference = SectionReference(
      name: name, patient: name, counts: counts, spots: first(positionNames),
      image: first(imageNames))
    reference.scaleFactors = first(scaleNames)
    reference.clusterings = prefixes.lazy.map { folder.appending(path: "\($0)analysis") }
      .first(where: isFolder)
    return reference
  }

  /// The files with counts in a folder, by what stands before their names; filtered ones, and HDF5,
  /// before others.
  private static func counts(in folder: URL) -> [(prefix: String, counts: URL)] {
    let names = namesInFolder(folder).sorted()
    var found: [String: URL] = [:]
    for kind in ["filtered", "raw"] where found.isEmpty {
      for matrix in matrixNames where matrix.hasPrefix(kind) {
        for name in names {
          for ending in [".h5", "_h5.h5"] where name.lowercased().hasSuffix(matrix + ending) {
            let prefix = String(name.dropLast(matrix.count + ending.count))
            found[prefix] = found[prefix] ?? folder.appending(path: name)
          }
        }
        for name in names where name.lowercased().hasSuffix(matrix) {
          let prefix = String(name.dropLast(matrix.count))
          found[prefix] = found[prefix] ?? matrixMarket(in: folder.appending(path: name))
        }
      }
    }
    if found.isEmpty {
      for name in names {
        guard let prefix = FeatureMatrix.matrixMarketPrefix(name) else { continue }
        found[prefix] = found[prefix] ?? folder.appending(path: name)
      }
    }
    if found.isEmpty, names.contains("spatial") {
      let others = names.filter { $0.hasSuffix(".h5") && !$0.hasSuffix("molecule_info.h5") }
      if others.count == 1 { found[""] = folder.appending(path: others[0]) }
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The Matrix Market file in a folder, or in the one folder of a genome inside it.
  private static func matrixMarket(in folder: URL) -> URL? {
    if let file = FeatureMatrix.matrixMarketFile(in: folder) { return file }
    let genomes = namesInFolder(folder).sorted().map { folder.appending(path: $0) }
    return genomes.count == 1 ? FeatureMatrix.matrixMarketFile(in: genomes[0]) : nil
  }
}
