import Foundation

/// A text table of counts, spots × genes: its names, and its counts by gene.
///
/// Separated by tabs or commas; lines end in LF or CRLF; the first cell of the header, over the
/// spot names, may be missing. A table whose columns are spots is turned around.
public struct CountTable: Sendable {
  /// Spot names in the file's order, unique.
  public var spotNames: [String]
  /// Gene names in the file's order, made unique.
  public var genes: [String]
  /// `[spots, genes]`, by gene.
  public var counts: SparseMatrix
  /// What was changed while reading, a sentence each.
  public var notes: [String]
  /// The line each spot's name is on, from 1; the header's for a table that was turned around.
  public var lineOfSpot: [Int]

  /// Reads a plain or gzipped table.
  ///
  /// - Throws: the file, the line, what was found and what to do, for a table that is empty,
  ///   ragged, names a spot twice or has a cell that is no count.
  public init(reading url: URL) throws(SectionError) {
    try self.init(parsing: try readTextFile(url), of: url)
  }

  /// - Parameters:
  ///   - usesFastPath: whether runs of one-digit counts are read four at a time; the result is the
  ///     same either way.
  ///   - blocks: how many parts are parsed at the same time; nil lets the size decide.
  init(
    parsing text: [UInt8], of url: URL, usesFastPath: Bool = true, blocks: Int? = nil
  ) throws(SectionError) {
    let header = try CountTableHeader(text, of: url)
    let blocks = parseCountRows(
      text, header: header, usesFastPath: usesFastPath, blocks: blocks)
    var rowNames: [String] = []
    var lines: [Int] = []
    var linesBefore = header.line + 1
    for block in blocks {
      if let failure = block.failure {
        throw SectionError(
          file: url, line: linesBefore + block.lineCount,
          problem: failure.problem(
            columns: header.names, isTransposed: mostlySpotNames(header.names)))
      }
      rowNames += block.names
      lines += block.lineOfRow.map { $0 + linesBefore }
      linesBefore += block.lineCount
    }
    guard !rowNames.isEmpty else {
      throw SectionError(
        file: url, problem: "has a header but no rows below it. Export the matrix again.")
    }

    notes = []
    let isTransposed = mostlySpotNames(header.names) && !mostlySpotNames(rowNames)
    if isTransposed {
      spotNames = header.names
      genes = rowNames
      lineOfSpot = Array(repeating: header.line, count: spotNames.count)
      counts = matrixOfRows(blocks, columnCount: header.names.count)
      notes.append("The table has a row for each gene and a column for each spot; read turned.")
    } else {
      spotNames = rowNames
      genes = header.names
      lineOfSpot = lines
      counts = matrixByColumn(blocks, columnCount: header.names.count)
    }
    let lineOfGene = isTransposed ? lines : Array(repeating: header.line, count: genes.count)
    try refuseRepeatedSpots(spotNames, lines: lineOfSpot, of: url)
    try refuseNamelessGenes(genes, lines: lineOfGene, of: url)
    if let note = nameGenesBySymbol(&genes) { notes.append(note) }
    if let note = numberRepeatedGenes(&genes) { notes.append(note) }
    noteDates()
  }

  private mutating func noteDates() {
    let dates = genes.filter(looksLikeExcelDate)
    guard !dates.isEmpty else { return }
    let verb = dates.count == 1 ? "looks like a date" : "look like dates"
    notes.append(
      "\(counted(dates.count, "gene name")) \(verb), as Excel makes of MARCHF1 or SEPTIN1: "
        + "\(listed(dates)).")
  }
}

// MARK: - Names

/// - Parameter lines: the line of each name, from 1; nil where the names are not in lines of text.
func refuseRepeatedSpots(_ names: [String], lines: [Int]?, of url: URL) throws(SectionError) {
  var placeOfName: [String: Int] = [:]
  placeOfName.reserveCapacity(names.count)
  for (place, name) in names.enumerated() {
    guard let first = placeOfName.updateValue(place, forKey: name) else { continue }
    let line = lines?[place]
    let before =
      lines.map { $0[first] == line ? "" : "; its first row is line \($0[first])" } ?? ""
    throw SectionError(
      file: url, line: line,
      problem: "spot \(quoted(name)) appears twice\(before). Remove one of the two.")
  }
}

func refuseNamelessGenes(_ genes: [String], lines: [Int]?, of url: URL) throws(SectionError) {
  guard let nameless = genes.firstIndex(of: "") else { return }
  throw SectionError(
    file: url, line: lines?[nameless],
    problem: "gene \(nameless + 1) has no name. Export the matrix again.")
}

/// Keeps genes, or others of a noun, of the same name apart: the later ones become `NAME-1`,
/// `NAME-2`. Says so.
func numberRepeatedGenes(_ genes: inout [String], noun: String = "gene") -> String? {
  var seen = Set<String>(minimumCapacity: genes.count)
  var repeats: [Int] = []
  for (index, gene) in genes.enumerated() where !seen.insert(gene).inserted {
    repeats.append(index)
  }
  guard !repeats.isEmpty else { return nil }
  var lastSuffix: [String: Int] = [:]
  var renamed: [String] = []
  for index in repeats {
    let name = genes[index]
    var suffix = lastSuffix[name, default: 0]
    repeat { suffix += 1 } while !seen.insert("\(name)-\(suffix)").inserted
    lastSuffix[name] = suffix
    genes[index] = "\(name)-\(suffix)"
    renamed.append(genes[index])
  }
  return "\(counted(repeats.count, "\(noun) name")) came more than once and got a number: "
    + "\(listed(renamed))."
}

/// Whether more than half of the names are array positions, such as `10x21`.
private func mostlySpotNames(_ names: [String]) -> Bool {
  // A look at the first bytes settles it for nearly all gene names.
  let positions = names.count { name in
    guard let first = name.utf8.first, first < UInt8(ascii: "A") else { return false }
    return GridPosition(spotName: name) != nil
  }
  return positions * 2 > names.count
}

private let months: Set<String> = [
  "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
]

/// Whether a name is what Excel makes of a gene: `1-Mar`, `Mar-01`, `15-Sep`, or a bare day number.
private func looksLikeExcelDate(_ gene: String) -> Bool {
  let bytes = gene.utf8
  guard bytes.count <= 6, let last = bytes.last, let first = bytes.first else { return false }
  if first <= UInt8(ascii: "9"), last <= UInt8(ascii: "9") {
    // Days since 1900 from 1982 to 2064.
    return bytes.count == 5 && Int(gene).map { (30_000..<60_000).contains($0) } == true
  }
  guard bytes.contains(UInt8(ascii: "-")) else { return false }
  let parts = gene.lowercased().split(separator: "-", omittingEmptySubsequences: false)
  guard parts.count == 2 else { return false }
  func isDay(_ part: Substring) -> Bool {
    part.utf8.count <= 2 && part.utf8.allSatisfy { (48...57).contains($0) } && !part.isEmpty
  }
  return (isDay(parts[0]) && months.contains(String(parts[1])))
    || (months.contains(String(parts[0])) && isDay(parts[1]))
}
