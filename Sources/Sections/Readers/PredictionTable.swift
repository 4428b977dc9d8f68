import Foundation

/// A table of predicted expression as somebody made it, spots × genes or genes × spots, not yet held
/// against a section.
///
/// Text separated by tabs or commas, plain or gzipped, read as tolerantly as a ``CountTable``: the
/// cell over the row names may be missing, lines end in LF or CRLF, cells may be quoted. Values are
/// any numbers; an empty cell, `NaN` or `NA` says there is none, and an infinite one is none too.
/// Columns `x` and `y` right after the names are pixels of the full image.
///
/// A file of the same name with `.json` behind it may say what the values are: see
/// ``PredictionSidecar``.
public struct PredictionTable: Sendable {
  /// A place on the full image, in pixels.
  public struct Position: Sendable, Hashable {
    /// From the left edge.
    public var x: Double
    /// From the top edge.
    public var y: Double

    /// Makes a place of its coordinates.
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// The file, for messages.
  public var file: URL
  /// Spots, or genes where the table is turned; in the file's order.
  public var rowNames: [String]
  /// Genes, or spots where the table is turned; in the file's order.
  public var columnNames: [String]
  /// `[rows, columns]`, NaN where there is none.
  public var values: [Float]
  /// Where each row lies; nil where the table does not say.
  public var positions: [Position]?
  /// The line each row is on, from 1; nil where the file has no lines.
  public var lineOfRow: [Int]?
  /// The line of the columns' names, as ``lineOfRow``.
  public var headerLine: Int?
  /// What the file or its companion says of the values.
  public var sidecar: PredictionSidecar

  /// Takes a table that was read elsewhere; `values` are `[rows, columns]`.
  public init(
    file: URL, rowNames: [String], columnNames: [String], values: [Float],
    positions: [Position]? = nil, sidecar: PredictionSidecar = PredictionSidecar()
  ) {
    precondition(
      values.count == rowNames.count * columnNames.count,
      "\(values.count) values for \(rowNames.count) rows of \(columnNames.count)")
    precondition(positions.map { $0.count == rowNames.count } ?? true)
    self.file = file
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.values = values.map { $0.isFinite ? $0 : .nan }
    self.positions = positions
    self.sidecar = sidecar
  }

  /// Reads a plain or gzipped table, and its companion where there is one.
  ///
  /// - Throws: the file, the line, what was found and what to do, for a table that is empty, ragged
  ///   or has a cell that is no number, and for a companion that is not understood.
  public init(reading url: URL) throws(SectionError) {
    try self.init(parsing: try readTextFile(url), of: url)
    sidecar = try PredictionSidecar(besides: url)
  }

  /// - Parameter blocks: how many parts are parsed at the same time; nil lets the size decide.
  init(parsing text: [UInt8], of url: URL, blocks: Int? = nil) throws(SectionError) {
    let header = try CountTableHeader(text, of: url, holding: "predictions")
    let hasPositions = header.names.count > 2 && Array(header.names.prefix(2)) == ["x", "y"]
    file = url
    sidecar = PredictionSidecar()
    columnNames = hasPositions ? Array(header.names.dropFirst(2)) : header.names
    rowNames = []
    values = []
    var positions: [Position] = []
    var lines: [Int] = []
    var linesBefore = header.line + 1
    let blocks = parsePredictionRows(
      text, header: header, hasPositions: hasPositions, blocks: blocks)
    for block in blocks {
      if let problem = block.failure {
        throw SectionError(file: url, line: linesBefore + block.lineCount, problem: problem)
      }
      rowNames += block.names
      values += block.values
      positions += block.positions
      lines += block.lineOfRow.map { $0 + linesBefore }
      linesBefore += block.lineCount
    }
    guard !rowNames.isEmpty else {
      throw SectionError(
        file: url, problem: "has a header but no rows below it. Export the table again.")
    }
    headerLine = header.line
    lineOfRow = lines
    self.positions = hasPositions ? positions : nil
  }
}
