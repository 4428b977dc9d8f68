import Foundation

// analysis/[…/]<clustering>/clusters.csv    columns Barcode and Cluster
private let fileName = "clusters.csv"

/// Reads the clusterings that Space Ranger made as annotations, named as their folders are and
/// sorted by these names; numbers within names count as numbers.
///
/// One that cannot be read becomes a note, for the section is useful without.
func readClusterings(
  in folder: URL, barcodes: [String], notes: inout [String]
) -> (annotations: [Annotation], files: [URL]) {
  var annotations: [Annotation] = []
  var files: [URL] = []
  for folder in clusteringFolders(in: folder) {
    let url = folder.appending(path: fileName)
    do throws(SectionError) {
      annotations.append(
        try annotation(NamedColumns(reading: url), named: folder.lastPathComponent, barcodes))
      files.append(url)
    } catch {
      notes.append("No clusters \(folder.lastPathComponent): \(error.description)")
    }
  }
  return (annotations, files)
}

/// The folders with clusters, in the folder itself and up to three below.
private func clusteringFolders(in folder: URL, depth: Int = 0) -> [URL] {
  let names = namesInFolder(folder).sorted {
    $0.compare($1, options: .numeric) == .orderedAscending
  }
  if names.contains(fileName) { return [folder] }
  guard depth < 3 else { return [] }
  return names.map { folder.appending(path: $0) }.filter(isFolder)
    .flatMap { clusteringFolders(in: $0, depth: depth + 1) }
}

private func annotation(
  _ table: NamedColumns, named name: String, _ barcodes: [String]
) throws(SectionError) -> Annotation {
  let barcode = try table.column("Barcode")
  let cluster = try table.column("Cluster")
  var clusterOfBarcode: [String: String] = [:]
  for row in table.rows where !row.cells[cluster].isEmpty {
    clusterOfBarcode[row.cells[barcode]] = row.cells[cluster]
  }
  let labels = barcodes.map { clusterOfBarcode[$0] }
  let categories = Set(labels.compactMap(\.self))
    .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
  guard !categories.isEmpty else {
    throw SectionError(
      file: table.url,
      problem: "none of its \(counted(table.rows.count, "barcode")) is of this section.")
  }
  let index = Dictionary(uniqueKeysWithValues: zip(categories, categories.indices))
  return Annotation(
    name: name, categories: categories, categoryOfSpot: labels.map { $0.flatMap { index[$0] } })
}
