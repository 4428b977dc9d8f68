import Foundation

/// The centres of nuclei that other software found, in pixels of the section's full image.
///
/// A table with a column for x and one for y, tabs or commas, or GeoJSON such as QuPath writes of its
/// detections; either may be gzipped.
public struct NucleusPoints: Sendable, Hashable {
  /// The file.
  public let url: URL
  /// The centres, from the left edge.
  public let x: [Double]
  /// The same nuclei's, from the top edge.
  public let y: [Double]

  /// Takes what was read.
  init(url: URL, x: [Double], y: [Double]) { (self.url, self.x, self.y) = (url, x, y) }

  /// Reads a file of centres.
  ///
  /// - Throws: the file, the line or feature, what was found and what to do.
  public init(reading url: URL) throws(SectionError) {
    let text = try readTextFile(url)
    let first = text.first { ![32, 9, 10, 13].contains($0) }
    let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    self = try isJSON ? GeoJSONNuclei(text, of: url).points : Self(table: text, of: url)
    guard !x.isEmpty else {
      throw SectionError(file: url, problem: "holds no nuclei. Export the detections again.")
    }
  }

  /// What the two columns may be called, in small letters: as people write them, and as QuPath does.
  private static let columns = [
    ("x", "y"), ("x_px", "y_px"), ("pixel_x", "pixel_y"), ("centroid_x", "centroid_y"),
    ("centroid x px", "centroid y px"), ("centroid x", "centroid y"),
  ]

  /// Reads a table row by row: exports of detections have many columns, of which two are kept.
  private init(table text: [UInt8], of url: URL) throws(SectionError) {
    guard !text.prefix(1024).contains(0) else {
      throw SectionError(
        file: url, problem: "is not text. Give a table of x and y, or GeoJSON of detections.")
    }
    let lines = text.split(separator: newline, omittingEmptySubsequences: false)
    let separator = lines[0].contains(tab) ? tab : comma
    let header = splitCells(lines[0].withoutReturn, separator: separator)
    let (column, row) = try Self.places(in: header, of: url)
    var (x, y): ([Double], [Double]) = ([], [])
    for (index, line) in lines.enumerated().dropFirst() {
      let line = line.withoutReturn
      guard line.contains(where: { $0 != 32 && $0 != tab }) else { continue }
      let cells = splitCells(line, separator: separator)
      guard cells.count > max(column, row), let left = finiteNumber(cells[column]),
        let top = finiteNumber(cells[row])
      else {
        let shown = [column, row].map { cells.indices.contains($0) ? quoted(cells[$0]) : "nothing" }
        throw SectionError(
          file: url, line: index + 1,
          problem: "has \(shown[0]) and \(shown[1]) where the centre of a nucleus should be. Give "
            + "two numbers, in pixels of the full image.")
      }
      x.append(left)
      y.append(top)
    }
    self.init(url: url, x: x, y: y)
  }

  private static func places(
    in header: [String], of url: URL
  ) throws(SectionError) -> (x: Int, y: Int) {
    let names = header.map { $0.lowercased() }
    for (x, y) in columns {
      if let column = names.firstIndex(of: x), let row = names.firstIndex(of: y) {
        return (column, row)
      }
    }
    if let microns = names.firstIndex(where: { $0.hasPrefix("centroid x") }) {
      throw SectionError(
        file: url, line: 1,
        problem: "has centres in \(quoted(header[microns])), and pixels of the full image are "
          + "needed. Export them in pixels.")
    }
    throw SectionError(
      file: url, line: 1,
      problem:
        "has no columns 'x' and 'y' of centres, nor 'spot' and 'nuclei' of counts; its columns "
        + "are \(listed(header, showing: 8)). Name them in the first line.")
  }
}

extension ArraySlice<UInt8> {
  /// The line without the carriage return of files from Windows.
  fileprivate var withoutReturn: ArraySlice<UInt8> { last == carriageReturn ? dropLast() : self }
}
