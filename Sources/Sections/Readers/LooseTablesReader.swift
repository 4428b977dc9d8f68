import Foundation

// Names that tie tables to the counts `X.tsv` beside them.
private let countsEndings = ["_counts", "_cnts", "_stdata", ""]
private let spotsStarts = ["spots_", "spot_data-selection-", ""]
private let spotsEndings = ["_selection", "_spots", ""]
private let labelsEndings = ["_labeled_coordinates", "_labels", ""]

/// Reads legacy Spatial Transcriptomics from tables that lie in no known layout: each table of
/// counts is a section.
///
/// What a table holds shows in its first line where it is plain text: spots have a column
/// `pixel_x`, labels have `x`, `y` and `label`, all else are counts. Gzipped tables go by their
/// names: `…_selection`, `…_spots` and `spots_…` are spots, `…_labels` and
/// `…_labeled_coordinates` labels. Spots, labels and an image belong to the counts whose name they
/// bear, or where there is one of each.
public enum LooseTablesReader: SectionReader {
  /// What `--format` takes: `tables`.
  public static let format = "tables"
  /// What is opened, for a message about what is not.
  public static let looksFor = "a folder of tables of counts, spots by genes"

  /// Whether a folder holds a table of counts, or a file may be one, by its name.
  public static func recognizes(_ path: URL) -> Bool {
    guard isFolder(path) else { return tableStem(path.lastPathComponent) != nil }
    return !LooseTables(in: path).counts.isEmpty
  }

  /// The tables of counts in a folder, sorted by name, or the one that a file is.
  public static func sections(in path: URL) throws(SectionError) -> [SectionReference] {
    guard isFolder(path) else {
      return [LooseTables(in: path.deletingLastPathComponent()).reference(ofCounts: path)]
    }
    let tables = LooseTables(in: path)
    guard !tables.counts.isEmpty else {
      throw SectionError(
        file: path, problem: "holds no table of counts. Put one there, such as A1.tsv.gz.")
    }
    var seen = Set<String>()
    return tables.counts.map(tables.reference).filter { seen.insert($0.name).inserted }
      .sorted { $0.name < $1.name }
  }

  /// Reads one section as ``LegacySTReader`` does.
  public static func read(_ reference: SectionReference) throws(SectionError) -> Section {
    try LegacySTReader.read(reference)
  }
}

/// A folder's tables and images by what they hold.
private struct LooseTables {
  var counts: [URL] = []
  var spots: [URL] = []
  var labels: [URL] = []
  var images: [URL] = []

  init(in folder: URL) {
    for name in namesInFolder(folder).sorted() {
      let url = folder.appending(path: name)
      if imageStem(name) != nil {
        images.append(url)
      } else if let stem = tableStem(name), !stem.contains("tissue_positions") {
        switch kind(of: url, stem: stem) {
        case .counts: counts.append(url)
        case .spots: spots.append(url)
        case .labels: labels.append(url)
        }
      }
    }
  }

  func reference(ofCounts url: URL) -> SectionReference {
    let name = tableStem(url.lastPathComponent) ?? url.lastPathComponent
    let ending = countsEndings.first { name.hasSuffix($0) } ?? ""
    let key = String(name.dropLast(ending.count))
    func own(_ urls: [URL], _ starts: [String], _ endings: [String]) -> URL? {
      let names = Set(starts.flatMap { start in endings.map { start + key + $0 } })
      let named = urls.filter { url in
        let file = url.lastPathComponent
        return names.contains(tableStem(file) ?? imageStem(file) ?? file)
      }
      if named.count == 1 { return named[0] }
      return named.isEmpty && urls.count == 1 && counts.count == 1 ? urls[0] : nil
    }
    let isLetterAndNumber = key.first?.isLetter == true && key.dropFirst().allSatisfy(\.isNumber)
    return SectionReference(
      name: name,
      patient: isLetterAndNumber
        ? LegacySTReader.patient(ofSection: key) : CSCCReader.patient(ofSection: key),
      counts: url, spots: own(spots, spotsStarts, spotsEndings),
      image: own(images, [""], ["_HE", ""]), labels: own(labels, [""], labelsEndings))
  }
}

private enum TableKind { case counts, spots, labels }

private func kind(of url: URL, stem: String) -> TableKind {
  guard let header = plainHeader(of: url) else {
    if stem.contains("_selection") || stem.hasSuffix("_spots") || stem.hasPrefix("spots_") {
      return .spots
    }
    return labelsEndings.dropLast().contains(where: stem.hasSuffix) ? .labels : .counts
  }
  if header.contains("pixel_x"), header.contains("x") { return .spots }
  return header.isSuperset(of: ["x", "y", "label"]) ? .labels : .counts
}

/// The cells of a plain text file's first line; nil for a gzipped or unreadable one.
private func plainHeader(of url: URL) -> Set<String>? {
  guard let handle = try? FileHandle(forReadingFrom: url) else { return nil }
  defer { try? handle.close() }
  guard let data = try? handle.read(upToCount: 4096), !data.starts(with: [0x1F, 0x8B]) else {
    return nil
  }
  let line = Array(data.prefix { $0 != newline })[...]
  return Set(splitCells(line, separator: line.contains(tab) ? tab : comma))
}
