import Dispatch
import Foundation
import HDF5
import Images
import Synchronization

/// Reads AnnData files, `.h5ad`, as anndata has written them from 0.5 to today: one section a file,
/// or several told apart by a column of `obs`.
///
/// Positions stay as the file has them, pixels of the full image where it says nothing else;
/// ``Section/imageScales`` says what the picture in the file may be of it.
public enum AnnDataReader: SectionReader {
  /// What `--format` takes: `h5ad`.
  public static let format = "h5ad"
  /// What is opened, for a message about what is not.
  public static let looksFor = "an .h5ad file, or a folder of them"

  /// Whether it is a file `.h5ad`, or a folder with one.
  public static func recognizes(_ path: URL) -> Bool {
    isFolder(path) ? !files(in: path).isEmpty : isAnnData(path.lastPathComponent)
  }

  /// The sections of a file, or of all files of a folder.
  ///
  /// Files are opened to look for several sections in one; one that cannot be opened is offered by
  /// its name, and reading it says why.
  public static func sections(in path: URL) throws(SectionError) -> [SectionReference] {
    guard isFolder(path) else {
      return try sections(of: AnnDataFile(opening: path)).sorted { $0.name < $1.name }
    }
    var found: [SectionReference] = []
    for url in files(in: path) {
      let name = url.deletingPathExtension().lastPathComponent
      let unread = SectionReference(name: name, patient: name, counts: url, spots: nil)
      found += (try? sections(of: AnnDataFile(opening: url))) ?? [unread]
    }
    guard !found.isEmpty else {
      throw SectionError(file: path, problem: "holds no .h5ad file. Check the path.")
    }
    return named(found).sorted { $0.name < $1.name }
  }

  private static func files(in folder: URL) -> [URL] {
    namesInFolder(folder).filter(isAnnData).sorted().map { folder.appending(path: $0) }
  }

  private static func isAnnData(_ name: String) -> Bool { name.lowercased().hasSuffix(".h5ad") }

  private static func sections(of file: AnnDataFile) throws(SectionError) -> [SectionReference] {
    let stem = file.url.deletingPathExtension().lastPathComponent
    guard let parts = try file.parts() else {
      let name = file.text("uns/eosin/section") ?? stem
      let patient = try file.patient(ofRows: nil) ?? name
      return [SectionReference(name: name, patient: patient, counts: file.url, spots: nil)]
    }
    let patients = try file.patientOfRow()
    return parts.names.map { part in
      let its = Set(zip(parts.partOfRow, patients ?? []).filter { $0.0 == part }.map(\.1))
      let patient = its.count == 1 ? its.first ?? nil : nil
      var reference = SectionReference(
        name: part, patient: patient ?? part, counts: file.url, spots: nil)
      reference.part = part
      return reference
    }
  }

  /// Sections whose names are those of others in the folder get their file's name too.
  private static func named(_ references: [SectionReference]) -> [SectionReference] {
    let times = Dictionary(references.map { ($0.name, 1) }, uniquingKeysWith: +)
    return references.map { reference in
      guard times[reference.name] != 1 else { return reference }
      var renamed = reference
      let stem = reference.counts.deletingPathExtension().lastPathComponent
      renamed.name = stem == reference.name ? stem : "\(stem) \(reference.name)"
      return renamed
    }
  }

  /// Reads one section.
  ///
  /// Spots that `in_tissue` leaves out and those without a position are counted in a note; a file
  /// without any positions gives a section that says so in ``Section/missingPositions``.
  public static func read(_ reference: SectionReference) throws(SectionError) -> Section {
    let file = try AnnDataFile(opening: reference.counts)
    let (names, nameNote) = try file.spotNames()
    let positions = try AnnDataPositions(file.obs, in: file.file)
    var rows = try SelectedRows(reference, of: file)
    let isPlaced = rows.kept.contains { positions.places[$0] != nil }
    if isPlaced { rows.leaveOut("no usable position") { positions.places[$0] == nil } }
    let isWhole = rows.kept.count == names.count
    let (counts, images) = try countsAndImages(reference, file, isWhole ? nil : rows.kept)
    let spots =
      isPlaced
      ? positions.spots(named: names, rows: rows.kept)
      : rows.kept.map { Spot(id: names[$0], column: 0, row: 0, x: 0, y: 0) }

    var section = Section(
      name: reference.name, patient: reference.patient,
      platform: file.text("uns/eosin/platform") ?? "AnnData", spots: spots,
      genes: counts.genes.names, counts: counts.matrix, files: [reference.counts])
    let (annotations, annotationNotes) = try file.annotations(rows.kept, besides: rows.partColumn)
    section.annotations = annotations
    section.holdsCounts = counts.areCounts
    if isWhole { (section.countsOrigin, section.countsFacts) = (counts.origin, counts.facts) }
    section.notes = counts.notes + [nameNote].compactMap(\.self) + rows.notes
    section.notes += (isPlaced ? positions.notes : []) + annotationNotes
    if !isPlaced { section.missingPositions = AnnDataPositions.missing }
    take(images, of: file, positions.unit, reference, &section)
    if let note = file.unknownElements() { section.notes.append(note) }
    return section
  }

  /// The spots and one gene, where there is so much that all genes take long to read.
  ///
  /// Nil for small files, those kept sorted, those of several sections, and whatever is not plain: it
  /// is read as a whole.
  public static func preview(
    _ reference: SectionReference, gene wanted: String?
  ) throws(SectionError) -> Section? {
    guard reference.part == nil, let cache = MatrixCache.current else { return nil }
    let file = try AnnDataFile(opening: reference.counts)
    guard let (matrix, table) = try file.likelyCounts(),
      case .bySpot(let entries) = matrix.storage, entries.count >= cache.fewestEntries,
      let origin = entries.origin, cache.kept(origin) == nil
    else { return nil }
    let positions = try AnnDataPositions(file.obs, in: file.file)
    let rows = try SelectedRows(reference, of: file)
    guard rows.kept.count == file.obs.rowCount,
      rows.kept.allSatisfy({ positions.places[$0] != nil })
    else { return nil }
    let source = AnnDataSpotEntries(
      entries: entries, spotCount: matrix.spotCount, geneCount: matrix.geneCount)
    let genes = try AnnDataGenes(table, of: file.url).names
    let named = wanted.flatMap { genes.firstIndex(of: $0) }
    let gene = if let named { named } else { try source.geneOfMostSpots() }
    var section = Section(
      name: reference.name, patient: reference.patient, platform: "AnnData",
      spots: positions.spots(named: try file.spotNames().names, rows: rows.kept), genes: genes,
      counts: try source.matrix(ofGene: gene), files: [reference.counts])
    section.onlyGene = gene
    take(images(reference, file), of: file, positions.unit, reference, &section)
    return section
  }

  // MARK: Pictures

  /// Reads counts and picture side by side: each waits for the disk and for single cores in turn.
  private static func countsAndImages(
    _ reference: SectionReference, _ file: AnnDataFile, _ kept: [Int]?
  ) throws(SectionError) -> (AnnDataCounts, AnnDataImages?) {
    let counts = Mutex<Result<AnnDataCounts, SectionError>?>(nil)
    let images = Mutex<AnnDataImages?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { task in
      if task == 0 {
        let read = Result { () throws(SectionError) in try file.counts(spots: kept) }
        counts.withLock { $0 = read }
      } else {
        let read = Self.images(reference, file)
        images.withLock { $0 = read }
      }
    }
    // The first task always leaves a result.
    return (try counts.withLock { $0! }.get(), images.withLock { $0 })
  }

  /// What the file has of the section's library, or of the only one; no picture where another was
  /// named.
  private static func images(
    _ reference: SectionReference, _ file: AnnDataFile
  ) -> AnnDataImages? {
    let libraries = AnnDataImages.libraries(in: file.file)
    let library = libraries.count > 1 ? libraries.first { $0 == reference.part } : libraries.first
    return library.map {
      AnnDataImages(library: $0, in: file.file, readsPicture: reference.image == nil)
    }
  }

  private static func take(
    _ images: AnnDataImages?, of file: AnnDataFile, _ unit: AnnDataPositions.Unit?,
    _ reference: SectionReference, _ section: inout Section
  ) {
    if let images {
      section.image = images.image
      // On an array positions are no pixels.
      if unit == .pixels {
        section.imageScales = images.scales
        section.spotDiameter = images.spotDiameter
      }
      section.notes += images.notes
    }
    if images == nil, reference.part == nil, !AnnDataImages.libraries(in: file.file).isEmpty {
      section.notes.append(
        "No image: the file has several libraries, and no column of obs tells whose spots are whose. "
          + "Add obs['library_id'].")
    }
    if let url = reference.image {
      section.image = openSectionImage(url, notes: &section.notes)
      section.files.append(url)
    }
  }
}

/// The rows of a file that make up a section, and why others do not.
private struct SelectedRows {
  private(set) var kept: [Int]
  private(set) var notes: [String] = []
  /// The column that tells the section from others in the file.
  private(set) var partColumn: String?

  init(_ reference: SectionReference, of file: AnnDataFile) throws(SectionError) {
    kept = Array(0..<file.obs.rowCount)
    if let part = reference.part {
      let parts = try file.parts()
      partColumn = parts?.column
      kept = parts.map { parts in kept.filter { parts.partOfRow[$0] == part } } ?? []
      guard !kept.isEmpty else {
        throw SectionError(
          file: file.url, problem: "has no section '\(part)'. It may have been written anew.")
      }
    }
    if file.obs.columns.contains("in_tissue"),
      let isInTissue = try file.obs.column("in_tissue")?.booleans
    {
      leaveOut("not in_tissue") { !isInTissue[$0] }
    }
    guard !kept.isEmpty else {
      throw SectionError(
        file: file.url,
        problem: "has no spot in tissue: in_tissue is false for all. Check that column of obs.")
    }
  }

  mutating func leaveOut(_ reason: String, where isOut: (Int) -> Bool) {
    let before = kept.count
    kept.removeAll(where: isOut)
    let out = before - kept.count
    if out > 0 { notes.append("\(counted(out, "spot")) left out: \(reason).") }
  }
}
