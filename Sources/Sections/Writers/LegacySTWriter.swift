import CDeflate
import Foundation

extension SectionExport {
  /// Adds the section to a folder laid out as her2st is, which Eosin and the authors' code read.
  ///
  /// `ST-cnts/<section>.tsv.gz`, `ST-spotfiles/<section>_selection.tsv` and, where there are any,
  /// `ST-pat/lbl/<section>_labeled_coordinates.tsv` and a copy of the image in `ST-imgs`. Spots are
  /// named by array column and row. Each file appears whole or not at all, the counts last, so that a
  /// section is there when all of it is.
  /// - Returns: what the layout cannot hold, one plain sentence each.
  /// - Throws: when array columns and rows do not tell spots apart, a file is there and is not to be
  ///   replaced, or cannot be written.
  public func writeLegacyST(to folder: URL, replacing: Bool) throws(SectionError) -> [String] {
    if let problem = missingPositions(for: "Only .h5ad and tables can be written.") {
      throw problem
    }
    let writer = LegacySTWriter(export: self, folder: folder, replacing: replacing)
    return try writer.write()
  }
}

private struct LegacySTWriter {
  let export: SectionExport
  let folder: URL
  let replacing: Bool

  private var section: Section { export.section }

  func write() throws(SectionError) -> [String] {
    try checkPlaces()
    let name = section.name.replacingOccurrences(of: "/", with: "_")
    let counts = folder.appending(path: "ST-cnts/\(name).tsv.gz")
    let spots = folder.appending(path: "ST-spotfiles/\(name)_selection.tsv")
    let labels = folder.appending(path: "ST-pat/lbl/\(name)_labeled_coordinates.tsv")
    if !replacing {
      for file in [counts, spots, labels] where FileManager.default.fileExists(atPath: file.path) {
        throw SectionError(
          file: file, problem: "is already there. Name another folder, or ask to replace it.")
      }
    }
    for file in [counts, spots] { try makeFolder(of: file) }
    var notes: [String] = []
    try writeImage(name, notes: &notes)
    if let annotation = section.labels {
      try makeFolder(of: labels)
      try writeWhole(Array(labelTable(annotation).utf8), to: labels, replacing: replacing)
    }
    try writeWhole(Array(spotTable.utf8), to: spots, replacing: replacing)
    try writeCounts(to: counts)
    return notes
  }

  private func checkPlaces() throws(SectionError) {
    let problem: String
    if section.spots.contains(where: { !(0..<1_000_000 ~= $0.column && 0..<1_000_000 ~= $0.row) }) {
      problem = "has array columns or rows below 0 or above a million"
    } else if Set(section.spots.map(\.place)).count < section.spots.count {
      problem = "has several spots at one array column and row"
    } else {
      return
    }
    throw SectionError(
      subject: "section \(section.name)",
      problem: "\(problem), and this layout names spots by them. Write .h5ad instead.")
  }

  private func makeFolder(of file: URL) throws(SectionError) {
    let folder = file.deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw SectionError(
        file: folder, problem: "cannot be made: it is not yours to write in. Name another folder.")
    }
  }

  private func name(of spot: Spot) -> String { "\(spot.column)x\(spot.row)" }

  private var spotTable: String {
    let lines = section.spots.map { spot in
      "\(spot.column)\t\(spot.row)\t\(spot.x)\t\(spot.y)\t1\n"
    }
    return "x\ty\tpixel_x\tpixel_y\tselected\n" + lines.joined()
  }

  private func labelTable(_ labels: Annotation) -> String {
    let lines = section.spots.enumerated().compactMap { index, spot in
      labels.label(ofSpot: index).map { label in
        "\(spot.column)\t\(spot.row)\t\(spot.x)\t\(spot.y)\t\(quotedCell(label, separator: tab))\n"
      }
    }
    return "x\ty\tpixel_x\tpixel_y\tlabel\n" + lines.joined()
  }

  /// Spots × genes as text, a block of spots a gzip member.
  private func writeCounts(to url: URL) throws(SectionError) {
    guard let compressor = libdeflate_alloc_compressor(6) else {
      throw SectionError(file: url, problem: "cannot be written: there is no memory.")
    }
    defer { libdeflate_free_compressor(compressor) }
    func packed(_ text: [UInt8]) -> [UInt8] {
      let bound = libdeflate_gzip_compress_bound(compressor, text.count)
      // Safety: libdeflate is told how much room there is.
      return [UInt8](unsafeUninitializedCapacity: bound) { room, count in
        count = libdeflate_gzip_compress(
          compressor, text, text.count, room.baseAddress, bound)
      }
    }
    let (spots, genes) = (section.spots, section.genes.count)
    let header = section.genes.map { "\t" + quotedCell($0, separator: tab) }.joined() + "\n"
    try StreamedFile.write(to: url, replacing: replacing) { file throws(SectionError) in
      try file.append(packed(Array(header.utf8)))
      var rows = CountRows(section.counts)
      var spot = 0
      // A row is as long as there are genes, whatever is in it.
      while let block = rows.next(rows: max(1, (1 << 23) / max(1, genes))) {
        var text: [UInt8] = []
        for row in 0..<block.starts.count - 1 {
          text += name(of: spots[spot]).utf8
          spot += 1
          var entry = block.starts[row]
          for gene in 0..<genes {
            text.append(tab)
            if entry < block.starts[row + 1], Int(block.genes[entry]) == gene {
              let value = block.values[entry]
              let whole = value == value.rounded() && abs(value) < 1e9
              text += (whole ? String(Int(value)) : value.description).utf8
              entry += 1
            } else {
              text.append(UInt8(ascii: "0"))
            }
          }
          text.append(newline)
        }
        try file.append(packed(text))
      }
    }
  }

  private func writeImage(_ name: String, notes: inout [String]) throws(SectionError) {
    guard let image = section.image else { return }
    guard [.jpeg, .png].contains(image.format),
      FileManager.default.fileExists(atPath: image.url.path)
    else {
      notes.append("No image written: this layout holds JPEG and PNG alone.")
      return
    }
    let patient = section.patient.replacingOccurrences(of: "/", with: "_")
    let copy = folder.appending(
      path: "ST-imgs/\(patient)/\(name)/\(image.url.lastPathComponent)")
    try makeFolder(of: copy)
    try StreamedFile.place(at: copy, replacing: replacing) { temporary throws(SectionError) in
      do { try FileManager.default.copyItem(at: image.url, to: temporary) } catch {
        throw SectionError(file: copy, problem: "cannot be written: the disk may be full.")
      }
    }
  }
}
