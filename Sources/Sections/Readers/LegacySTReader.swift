import Foundation
import Images

// The folders and endings of a data set as the authors of HER2ST lay it out:
//
//   [data/]ST-cnts/<section>.tsv.gz                          counts, spots × genes
//   [data/]ST-spotfiles/<section>_selection.tsv              spots on tissue, with pixels
//   [data/]ST-imgs/<patient>/<section>/*.jpg                 H&E image of any kind, if any
//   [data/]ST-pat/lbl/<section>_labeled_coordinates.tsv      labels, where there are any
private let countsFolder = "ST-cnts"
private let spotsFolder = "ST-spotfiles"
private let imagesFolder = "ST-imgs"
private let labelsFolder = "ST-pat/lbl"
private let spotsEnding = "_selection"
private let labelsEnding = "_labeled_coordinates"
private let tableExtensions = [".tsv.gz", ".csv.gz", ".tsv", ".csv"]

/// Reads legacy Spatial Transcriptomics: a table of counts, a table of selected spots and, where
/// they are, an image and a pathologist's labels. Tables are `.tsv` or `.csv`, plain or gzipped.
public enum LegacySTReader: SectionReader {
  /// What `--format` takes: `st`.
  public static let format = "st"
  /// What is opened, for a message about what is not.
  public static let looksFor = "a folder that holds ST-cnts, itself or in data"

  /// Whether the folder, or a folder `data` inside it, has a folder `ST-cnts`; or a file is a table
  /// in one.
  public static func recognizes(_ path: URL) -> Bool {
    isFolder(path) ? dataFolder(in: path) != nil : dataFolder(ofCounts: path) != nil
  }

  /// The sections with counts, sorted by name, or the one whose counts a file is; opens no file.
  public static func sections(in path: URL) throws(SectionError) -> [SectionReference] {
    if !isFolder(path), let data = dataFolder(ofCounts: path) {
      let name = tableStem(path.lastPathComponent)
      return try sections(in: data).filter { $0.name == name }.map { reference in
        var reference = reference
        reference.counts = path
        return reference
      }
    }
    let folder = path
    guard let data = dataFolder(in: folder) else {
      throw SectionError(file: folder, problem: "has no folder '\(countsFolder)'. Check the path.")
    }
    let spots = tables(in: data.appending(path: spotsFolder), ending: spotsEnding)
    let labels = tables(in: data.appending(path: labelsFolder), ending: labelsEnding)
    let images = imagesBySection(in: data.appending(path: imagesFolder))
    let counts = tables(in: data.appending(path: countsFolder), ending: "")
    let references = counts.map { name, counts in
      SectionReference(
        name: name, patient: patient(ofSection: name), counts: counts, spots: spots[name],
        image: images[name], labels: labels[name])
    }
    guard !references.isEmpty else {
      throw SectionError(
        file: data.appending(path: countsFolder),
        problem: "holds no counts. Put each section's table there, such as A1.tsv.gz.")
    }
    return references.sorted { $0.name < $1.name }
  }

  /// Reads one section, joined as the authors do: the rows of counts, in their order, that have a
  /// spot at their rounded position.
  ///
  /// What does not join is counted in `Section.join` and said in `Section.notes`. Without a
  /// selection table a spot's pixels are its array column and row. An image that cannot be opened
  /// becomes a note.
  /// - Throws: for files that cannot be read, spots that appear twice, and when nothing joins.
  public static func read(_ reference: SectionReference) throws(SectionError) -> Section {
    var table = try CountTable(reading: reference.counts)
    let positions = try positions(ofSpotsIn: table, file: reference.counts)
    var join = JoinReport()
    join.countRows = positions.count
    var notes = table.notes
    var kept: [Int] = []
    var spots: [Spot] = []
    if let url = reference.spots {
      let selection = try SpotSelection(reading: url)
      let entryOfPosition = Dictionary(
        uniqueKeysWithValues: selection.entries.map { ($0.position, $0) })
      for (row, position) in positions.enumerated() {
        guard let entry = entryOfPosition[position] else { continue }
        kept.append(row)
        spots.append(spot(named: table.spotNames[row], at: position, x: entry.x, y: entry.y))
      }
      join.selectedSpots = selection.entries.count
      join.spotsWithBadPosition = selection.badPositions
      join.lineOfFirstBadPosition = selection.lineOfFirstBadPosition
      join.unselectedSpots = selection.unselected
      guard !spots.isEmpty else {
        let example = selection.entries.first.map { "the spots have \($0.position.name)" }
        throw SectionError(
          file: url,
          problem: "no spot joins \(reference.counts.lastPathComponent): its rows have names like "
            + "\(positions[0].name), \(example ?? "no spot here has a usable position"). "
            + "Check that both files are of section \(reference.name).")
      }
    } else {
      kept = Array(positions.indices)
      spots = positions.enumerated().map { row, position in
        spot(
          named: table.spotNames[row], at: position, x: Double(position.column),
          y: Double(position.row))
      }
      join.selectedSpots = spots.count
      notes.append("No table of spots: positions are array columns and rows, not pixels.")
    }
    join.joined = spots.count
    join.countRowsWithoutSpot = positions.count - spots.count
    join.spotsWithoutCounts = join.selectedSpots - spots.count
    if kept.count < positions.count { table.counts = table.counts.keeping(spots: kept) }

    var annotations: [Annotation] = []
    if let url = reference.labels {
      let labels = try LabelTable(reading: url)
      annotations = [annotation(labels, ofSpots: spots.map(\.position), join: &join)]
    }
    notes += join.sentences
    let image = openSectionImage(reference.image, notes: &notes)
    return Section(
      name: reference.name, patient: reference.patient, platform: "ST", spots: spots,
      genes: table.genes, counts: table.counts, image: image, annotations: annotations,
      notes: notes,
      files: [reference.counts, reference.spots, reference.labels, reference.image]
        .compactMap(\.self), join: join)
  }

  /// The leading letters of a section's name, `A` of `A1`; all of it where it has none.
  static func patient(ofSection name: String) -> String {
    let letters = name.prefix(while: \.isLetter)
    return letters.isEmpty ? name : String(letters)
  }
}

// MARK: - Joining

/// Where each row's name puts it; a name that tells no position is refused.
private func positions(
  ofSpotsIn table: CountTable, file: URL
) throws(SectionError) -> [GridPosition] {
  var positions: [GridPosition] = []
  var rowOfPosition: [GridPosition: Int] = [:]
  for (row, name) in table.spotNames.enumerated() {
    let line = table.lineOfSpot[row]
    guard let position = GridPosition(spotName: name) else {
      throw SectionError(
        file: file, line: line,
        problem:
          "spot \(quoted(name)) does not say where it is. Name spots by array column and row, "
          + "such as 10x21.")
    }
    if let first = rowOfPosition.updateValue(row, forKey: position) {
      throw SectionError(
        file: file, line: line,
        problem: "spots \(quoted(table.spotNames[first])) on line \(table.lineOfSpot[first]) and "
          + "\(quoted(name)) both round to \(position.name). Remove one of the two.")
    }
    positions.append(position)
  }
  return positions
}

private func spot(named name: String, at position: GridPosition, x: Double, y: Double) -> Spot {
  Spot(id: name, column: position.column, row: position.row, x: x, y: y)
}

private func annotation(
  _ table: LabelTable, ofSpots positions: [GridPosition], join: inout JoinReport
) -> Annotation {
  let labels = positions.map { table.labels[$0] }
  let labelled = labels.count { $0 != nil }
  join.labelsWithoutSpot = table.labels.count - labelled
  join.labelsWithBadPosition = table.badPositions
  join.spotsWithoutLabel = positions.count - labelled
  return Annotation(name: Annotation.pathologist, labels: labels)
}

extension Spot {
  fileprivate var position: GridPosition { GridPosition(column: column, row: row) }
}

// MARK: - Finding files

/// The folder that holds `ST-cnts`: the one given, `data` inside it, or the one around `ST-cnts`
/// itself.
private func dataFolder(in folder: URL) -> URL? {
  let folder = folder.standardizedFileURL
  if folder.lastPathComponent == countsFolder { return folder.deletingLastPathComponent() }
  return [folder, folder.appending(path: "data")].first { candidate in
    isFolder(candidate.appending(path: countsFolder))
  }
}

/// The folder that holds the `ST-cnts` in which a table lies.
private func dataFolder(ofCounts file: URL) -> URL? {
  let folder = file.standardizedFileURL.deletingLastPathComponent()
  guard folder.lastPathComponent == countsFolder, tableStem(file.lastPathComponent) != nil else {
    return nil
  }
  return folder.deletingLastPathComponent()
}

/// A table's file name without its extension; nil for what is no table by its name.
func tableStem(_ name: String) -> String? { stem(of: name, among: tableExtensions) }

/// An image's file name without its extension; nil for what is no image by its name.
func imageStem(_ name: String) -> String? { stem(of: name, among: ImageFile.usualEndings) }

private func stem(of name: String, among extensions: [String]) -> String? {
  let lowercased = name.lowercased()
  // Nuclei lie beside counts and images, and are neither.
  guard !lowercased.contains(NucleusSource.mark) else { return nil }
  guard let found = extensions.first(where: lowercased.hasSuffix), name.count > found.count else {
    return nil
  }
  return String(name.dropLast(found.count))
}

/// The tables whose name ends as given before the extension, by what stands before that ending.
private func tables(in folder: URL, ending: String) -> [String: URL] {
  var tables: [String: URL] = [:]
  for name in namesInFolder(folder).sorted() {
    guard let stem = tableStem(name), stem.lowercased().hasSuffix(ending) else { continue }
    let section = String(stem.dropLast(ending.count))
    // The first of `A1.tsv` and `A1.tsv.gz` is taken.
    if !section.isEmpty, tables[section] == nil { tables[section] = folder.appending(path: name) }
  }
  return tables
}

/// The first image in each `<patient>/<section>` folder, by section.
private func imagesBySection(in folder: URL) -> [String: URL] {
  var images: [String: URL] = [:]
  for patient in namesInFolder(folder) {
    for section in namesInFolder(folder.appending(path: patient)) {
      let sectionFolder = folder.appending(path: patient).appending(path: section)
      let name = namesInFolder(sectionFolder).sorted().first { imageStem($0) != nil }
      if let name { images[section] = sectionFolder.appending(path: name) }
    }
  }
  return images
}

/// The names in a folder but hidden ones; none where there is no such folder.
func namesInFolder(_ folder: URL) -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return names.filter { !$0.hasPrefix(".") }
}

/// Whether there is a folder at the path.
func isFolder(_ url: URL) -> Bool {
  var isDirectory: ObjCBool = false
  return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
    && isDirectory.boolValue
}
