import Foundation

extension Prediction {
  /// Writes spots × genes as text, and beside it what the values are: see ``PredictionSidecar``.
  ///
  /// A header of genes, then a line a spot, every number with the digits that tell it from its
  /// neighbours and `NaN` where there is none; pandas reads it with `index_col=0`. A prediction at
  /// denser spots has their pixels in columns `x` and `y`. Both files appear or neither.
  /// - Parameters:
  ///   - spots: the section's spots, whose names the lines begin with.
  ///   - separator: a tab or a comma.
  /// - Throws: when a file is there and may not be replaced, or cannot be written.
  public func writeTable(
    to url: URL, spots: [Spot], separator: Character = "\t", replacing: Bool
  ) throws(SectionError) {
    let companion = PredictionSidecar.url(besides: url)
    let sidecar = PredictionSidecar(normalization: normalization, origin: origin)
    let before = try? readFileBytes(companion)
    if let json = sidecar.json {
      try writeWhole(json, to: companion, replacing: replacing)
    } else if before != nil {
      // What is there speaks of another table.
      guard replacing else {
        throw SectionError(
          file: companion,
          problem: "is already there and would be taken to be of this table. Name another file, or "
            + "ask to replace it.")
      }
      try? FileManager.default.removeItem(at: companion)
    }
    do throws(SectionError) {
      try writeWhole(table(spots: spots, separator: separator), to: url, replacing: replacing)
    } catch {
      if let before {
        try? writeWhole(before, to: companion, replacing: true)
      } else {
        try? FileManager.default.removeItem(at: companion)
      }
      throw error
    }
  }

  private func table(spots: [Spot], separator: Character) -> [UInt8] {
    let rows = denserSpots ?? spots
    precondition(rows.count == spotCount, "\(rows.count) names for \(spotCount) spots")
    let separator = separator.asciiValue ?? tab
    var text: [UInt8] = []
    text.reserveCapacity(values.count * 10)
    func append(_ cell: String) {
      text.append(separator)
      text += quotedCell(cell, separator: separator).utf8
    }
    if denserSpots != nil {
      append("x")
      append("y")
    }
    for gene in genes { append(gene) }
    text.append(newline)
    for (index, spot) in rows.enumerated() {
      text += quotedCell(spot.id, separator: separator).utf8
      if denserSpots != nil {
        append(spot.x.description)
        append(spot.y.description)
      }
      for gene in genes.indices {
        text.append(separator)
        let value = values[gene * spotCount + index]
        text += (value.isNaN ? "NaN" : value.description).utf8
      }
      text.append(newline)
    }
    return text
  }
}

/// A cell in quotes where it would else be taken for something else.
func quotedCell(_ cell: String, separator: UInt8) -> String {
  let isPlain =
    !cell.utf8.contains { $0 == separator || $0 == quote || $0 == newline || $0 == carriageReturn }
    && cell.first != " " && cell.last != " "
  return isPlain ? cell : "\"\(cell.replacingOccurrences(of: "\"", with: "\"\""))\""
}
