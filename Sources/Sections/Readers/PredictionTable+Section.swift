import Foundation

extension PredictionTable {
  /// The prediction of a section's spots, joined by names.
  ///
  /// A spot is the section's of the same name, or else the one at the array position the name tells
  /// (`10x21`, `10.064x21.086`); a gene is the section's of the same symbol. Which way the table
  /// lies shows in whose names are genes. What did not meet is said in the prediction's notes: rows
  /// of spots the section does not have are left out, spots without a row are NaN, and genes the
  /// section does not have stay, without anything to be compared with.
  ///
  /// A table with positions and spots of its own becomes a prediction at
  /// ``Prediction/denserSpots``.
  /// - Throws: when no spot or no gene meets, a spot appears twice, or no value is a number.
  public func prediction(
    named method: String, of section: Section
  ) throws(SectionError) -> Prediction {
    let isTurned = isTurned(in: section)
    let spots = isTurned ? columnNames : rowNames
    var genes = isTurned ? rowNames : columnNames
    let lineOfColumn = headerLine.map { Array(repeating: $0, count: columnNames.count) }
    try refuseRepeatedSpots(spots, lines: isTurned ? lineOfColumn : lineOfRow, of: file)
    try refuseNamelessGenes(genes, lines: isTurned ? lineOfRow : lineOfColumn, of: file)

    var notes: [String] = []
    if isTurned {
      notes.append("The table has a row for each gene and a column for each spot; read turned.")
    }
    if let note = numberRepeatedGenes(&genes) { notes.append(note) }
    let unknown = try genesMissing(genes, in: section)
    let join = SpotJoin(spots, section)
    let denserSpots = isTurned ? nil : denserSpots(join, section)
    if denserSpots == nil {
      try refuse(join, spots, section, isTurned: isTurned)
      notes += join.sentences(spots, section)
    }
    if !unknown.isEmpty {
      notes.append(
        "\(counted(unknown.count, "predicted gene")) not in section \(section.name), so without a "
          + "score: \(listed(unknown)).")
    }
    let placeOfSpot: [Int?] = denserSpots == nil ? join.placeOfSpot : spots.indices.map { $0 }
    let values = valuesByGene(genes: genes.count, placeOfSpot: placeOfSpot, isTurned: isTurned)
    let expected = placeOfSpot.count { $0 != nil } * genes.count
    if let note = try gaps(in: values, among: expected) { notes.append(note) }
    return Prediction(
      method: method, genes: genes, spotCount: placeOfSpot.count, values: values,
      denserSpots: denserSpots, normalization: sidecar.normalization,
      origin: sidecar.origin, notes: notes)
  }

  /// The genes that the section does not have; that it has none at all is refused.
  private func genesMissing(
    _ genes: [String], in section: Section
  ) throws(SectionError) -> [String] {
    let known = Set(section.genes)
    let unknown = genes.filter { !known.contains($0) }
    guard unknown.count < genes.count else {
      throw SectionError(
        file: file,
        problem: "none of its \(counted(genes.count, "gene")) is in section \(section.name): it "
          + "names \(listed(genes)), the section \(listed(section.genes)). Name genes as the "
          + "section does, and spots by rows, genes by columns.")
    }
    return unknown
  }

  /// Says how many values the table lacks; that it has none at all is refused.
  ///
  /// - Parameter expected: the values it would have without gaps; the others are of spots it does
  ///   not have.
  private func gaps(in values: [Float], among expected: Int) throws(SectionError) -> String? {
    let gaps = values.count { $0.isNaN } - (values.count - expected)
    guard gaps < expected else {
      throw SectionError(
        file: file,
        problem: "has no number for any of the section's spots, only gaps such as NaN. "
          + "Export the table again.")
    }
    return gaps == 0
      ? nil : "\(counted(gaps, "value")) of \(grouped(expected)) missing or infinite."
  }

  /// Whether rows are genes: by the section's genes, and where those tell nothing by its spots.
  private func isTurned(in section: Section) -> Bool {
    guard positions == nil else { return false }
    let genes = Set(section.genes)
    let (inRows, inColumns) = (
      rowNames.count(where: genes.contains), columnNames.count(where: genes.contains)
    )
    guard inRows == inColumns else { return inRows > inColumns }
    let spots = Set(section.spots.map(\.id))
    return columnNames.count(where: spots.contains) > rowNames.count(where: spots.contains)
  }

  /// The table's own places, where it has them and they are more than the section's spots.
  private func denserSpots(_ join: SpotJoin, _ section: Section) -> [Spot]? {
    guard let positions,
      join.joined == 0
        || (rowNames.count > section.spots.count && join.joined < rowNames.count)
    else { return nil }
    return zip(rowNames, positions).map { name, position in
      let place = GridPosition(spotName: name)
      return Spot(
        id: name, column: place?.column ?? 0, row: place?.row ?? 0, x: position.x, y: position.y)
    }
  }

  private func refuse(
    _ join: SpotJoin, _ spots: [String], _ section: Section, isTurned: Bool
  ) throws(SectionError) {
    if let (first, second, spot) = join.repeated {
      throw SectionError(
        file: file, line: isTurned ? nil : lineOfRow?[second],
        problem:
          "spots \(quoted(spots[first])) and \(quoted(spots[second])) are both the section's "
          + "\(quoted(section.spots[spot].id)). Remove one of the two.")
    }
    guard join.joined == 0 else { return }
    throw SectionError(
      file: file,
      problem:
        "none of its \(counted(spots.count, "spot")) is in section \(section.name): it names "
        + "\(listed(spots)), the section \(listed(section.spots.map(\.id))). Name spots as the "
        + "section does, in the first column.")
  }

  private func valuesByGene(genes: Int, placeOfSpot: [Int?], isTurned: Bool) -> [Float] {
    let width = columnNames.count
    let spots = placeOfSpot.count
    var result = [Float](repeating: .nan, count: genes * spots)
    let values = values.span
    var filled = result.mutableSpan
    for (spot, place) in placeOfSpot.enumerated() {
      guard let place else { continue }
      for gene in 0..<genes {
        filled[gene * spots + spot] =
          isTurned ? values[gene * width + place] : values[place * width + gene]
      }
    }
    return result
  }
}

/// How a table's spots met a section's.
private struct SpotJoin {
  /// For each spot of the section its place in the table.
  private(set) var placeOfSpot: [Int?]
  /// The table's spots that the section does not have, by place.
  private(set) var unknown: [Int] = []
  /// Two places in the table that are the same spot of the section, and that spot.
  private(set) var repeated: (Int, Int, Int)?

  init(_ names: [String], _ section: Section) {
    placeOfSpot = Array(repeating: nil, count: section.spots.count)
    let spotOfName = Dictionary(
      section.spots.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let spotOfPosition = Dictionary(
      section.spots.enumerated().map { (GridPosition(column: $1.column, row: $1.row), $0) },
      uniquingKeysWith: { first, _ in first })
    for (place, name) in names.enumerated() {
      guard
        let spot = spotOfName[name] ?? GridPosition(spotName: name).flatMap({ spotOfPosition[$0] })
      else {
        unknown.append(place)
        continue
      }
      if let first = placeOfSpot[spot] {
        repeated = repeated ?? (first, place, spot)
      } else {
        placeOfSpot[spot] = place
      }
    }
  }

  /// The section's spots that the table has.
  var joined: Int { placeOfSpot.count { $0 != nil } }

  func sentences(_ names: [String], _ section: Section) -> [String] {
    var sentences: [String] = []
    if !unknown.isEmpty {
      sentences.append(
        "\(counted(unknown.count, "predicted spot")) left out, not in section \(section.name): "
          + "\(listed(unknown.map { names[$0] })).")
    }
    let missing = placeOfSpot.indices.filter { placeOfSpot[$0] == nil }
    if !missing.isEmpty {
      sentences.append(
        "\(counted(missing.count, "spot")) of section \(section.name) not predicted: "
          + "\(listed(missing.map { section.spots[$0].id })).")
    }
    return sentences
  }
}
